"""From the office to the door: who holds each card, and the hand-overs by which it gets there."""

from .custody import Custody, Piece, SerialCustody, StepCustody

__all__ = ["Custody", "Piece", "SerialCustody", "StepCustody"]
