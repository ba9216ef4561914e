"""Invented people and the whole history of their cards, at any size up to the city's.

The order of reading: plan (how many of what), people, lives, printing (the queue is served in its order),
rows and load (into the database, set-based).
"""
