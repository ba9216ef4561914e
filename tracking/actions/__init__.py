"""Writes of staff to one card. Each is one transaction, says who and why, or raises Refused."""

from .blocks import block, issued_elsewhere, lift
from .cases import answer_case, open_case
from .corrections import correct, undoable
from .receipts import give_receipt, revoke_receipt
from .record import confirm_found, note, renew_link
from .steps import cancel

__all__ = [
    "answer_case",
    "block",
    "cancel",
    "confirm_found",
    "correct",
    "give_receipt",
    "issued_elsewhere",
    "lift",
    "note",
    "open_case",
    "renew_link",
    "revoke_receipt",
    "undoable",
]
