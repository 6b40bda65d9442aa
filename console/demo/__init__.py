"""The demo world: three trades, their people, agents and policy, and what happened lately.

Everything goes through the real doors with its own time, so the record of it verifies.
"""
