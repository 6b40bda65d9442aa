"""An agent that escalates over the HTTP API, waits for the answers and says what it did."""
