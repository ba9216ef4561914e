"""Who changes something about cards: as in every room."""

from staff.actor import acting

__all__ = ["acting"]
