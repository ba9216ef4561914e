"""Writes of staff to one card. Each is one transaction, says who and why, or raises Refused."""

from .blocks import block, issued_elsewhere, lift
from .corrections import correct, undoable
from .record import confirm_found, note, renew_link
from .steps import cancel

__all__ = [
    "block",
    "cancel",
    "confirm_found",
    "correct",
    "issued_elsewhere",
    "lift",
    "note",
    "renew_link",
    "undoable",
]
