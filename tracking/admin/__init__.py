"""Staff pages of the card's life."""

from . import blocks, cards, cases, front, receipts, reference

__all__ = ["blocks", "cards", "cases", "front", "receipts", "reference"]
