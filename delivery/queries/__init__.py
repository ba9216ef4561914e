"""Reads of custody and hand-overs."""
