"""Reads of the card's life."""
