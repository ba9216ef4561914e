"""From the office to the door: who holds each card, and the hand-overs by which it gets there."""

from .custody import Custody, Piece, SerialCustody, StepCustody
from .handover import Handover, HandoverCard

__all__ = ["Custody", "Handover", "HandoverCard", "Piece", "SerialCustody", "StepCustody"]
