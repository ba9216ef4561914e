"""Writes of hand-overs, rounds and attempts. Each is one transaction, or raises Refused."""
