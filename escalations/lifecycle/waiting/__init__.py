"""While a case waits: its deadline moves, or somebody is reminded of it."""
