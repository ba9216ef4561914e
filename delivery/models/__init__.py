"""From the office to the door: who holds each card, hand-overs, rounds, and what happened at the doors."""

from .attempt import Answered, Attempt, Outcome, Recipient, Review, Settled, Verdict, Why
from .counter import Collection, ListedPaper, PaperList
from .courier import Courier, Link
from .custody import Custody, Piece, SerialCustody, StepCustody
from .handover import Handover, HandoverCard
from .round import CardInRound, End, HandoverInRound, How, Round, RoundCard, State

__all__ = [
    "Answered",
    "Attempt",
    "CardInRound",
    "Collection",
    "Courier",
    "Custody",
    "End",
    "Handover",
    "HandoverCard",
    "HandoverInRound",
    "How",
    "Link",
    "ListedPaper",
    "Outcome",
    "PaperList",
    "Piece",
    "Recipient",
    "Review",
    "Round",
    "RoundCard",
    "SerialCustody",
    "Settled",
    "State",
    "StepCustody",
    "Verdict",
    "Why",
]
