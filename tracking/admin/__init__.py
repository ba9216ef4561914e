"""Staff pages of the card's life."""

from . import blocks, cards, front, reference

__all__ = ["blocks", "cards", "front", "reference"]
