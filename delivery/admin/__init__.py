"""Staff pages of this room: packing, release, and the hand-overs with their missing cards."""

from . import front, handover, packing

__all__ = ["front", "handover", "packing"]
