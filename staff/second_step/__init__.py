"""Logging in by two steps: the password, then a code of the person's phone or of a paper."""
