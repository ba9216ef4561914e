"""Writes of staff to one card. Each is one transaction, says who and why, or raises Refused."""

from .blocks import block, issued_elsewhere, lift
from .cases import answer_case, open_case
from .corrections import correct, undoable
from .receipts import give_receipt, revoke_receipt
from .record import confirm_found, note, renew_link
from .steps import cancel
from .sukets import end_suket, issue_suket

__all__ = [
    "answer_case",
    "block",
    "cancel",
    "confirm_found",
    "correct",
    "end_suket",
    "give_receipt",
    "issue_suket",
    "issued_elsewhere",
    "lift",
    "note",
    "open_case",
    "renew_link",
    "revoke_receipt",
    "undoable",
]
