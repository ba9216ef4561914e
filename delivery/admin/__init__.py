"""Staff pages of this room: packing, release, the hand-overs with their missing cards, papers taken back."""

from . import front, handover, packing, papers

__all__ = ["front", "handover", "packing", "papers"]
