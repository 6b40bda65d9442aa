"""Taking a decision back: undone before the agent has it, reversed afterwards."""
