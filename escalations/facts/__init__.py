"""What an action rests on, asked again before a person decides on it."""
