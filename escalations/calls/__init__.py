"""Calls that people make to the customer of a case: what is shown of them, and when the next is."""
