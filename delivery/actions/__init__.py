"""Writes of hand-overs: packing, release, arrival, and what is missing. Each is one transaction, or raises Refused."""
