"""Writes of staff to the ledger of blanks and to printing. Each is one transaction, or raises Refused."""

from .divide import divide, return_quota
from .printing import print_batch
from .receive import receive
from .results import Line, Recorded, record, record_lines

__all__ = [
    "Line",
    "Recorded",
    "divide",
    "print_batch",
    "receive",
    "record",
    "record_lines",
    "return_quota",
]
