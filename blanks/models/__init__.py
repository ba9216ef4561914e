"""Blanks: accounts and their movements, serials, printing, and the way past the queue."""

from .account import Account, Document, Movement, RouteRow, Unsettled
from .printing import BatchCard, Late, PrintBatch, Reject, Result
from .priority import Priority
from .serial import Range, Serial, SerialMove, Series
from .step import CardStep, StepEffect
from .supply import Closure, PlannedShipment

__all__ = [
    "Account",
    "BatchCard",
    "CardStep",
    "Closure",
    "Document",
    "Late",
    "Movement",
    "PlannedShipment",
    "PrintBatch",
    "Priority",
    "Range",
    "Reject",
    "Result",
    "RouteRow",
    "Serial",
    "SerialMove",
    "Series",
    "StepEffect",
    "Unsettled",
]
