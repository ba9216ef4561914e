"""Staff pages of this room: packing, release, the hand-overs with their missing cards, what rounds leave to a supervisor,
papers taken back."""

from . import front, handover, packing, papers, rounds

__all__ = ["front", "handover", "packing", "papers", "rounds"]
