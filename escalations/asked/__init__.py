"""Questions to the agent: which kind of answer is expected."""
