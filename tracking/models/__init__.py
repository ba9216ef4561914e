"""Data of the card's life and the rules that PostgreSQL keeps for it."""

from .block import Block
from .card import Card
from .case import Case
from .citizen import CentralWord, Citizen
from .contact import Contact
from .event import CentralFact, Event, Note
from .figures import Again, CountedCard, DayCount, Obliged, Stay
from .forecast import Forecast, ForecastRange
from .public import Freshness, LookupLimit, Office, Secret
from .publication import (
    Installation,
    Publication,
    PublishedChunk,
    PublishedCount,
    PublishedFile,
    PublishedPart,
    PublishedQueue,
    PublishedSet,
)
from .queue import (
    LetterRule,
    QueueBucket,
    QueueHead,
    QueueSuperbucket,
    StageCount,
    Ticket,
    Unsettled,
)
from .receipt import Receipt
from .regions import Kecamatan, Kelurahan
from .step import OfficeRule, Step
from .suket import Suket
from .turn import Act, Turn

__all__ = [
    "Act",
    "Again",
    "Block",
    "Card",
    "Case",
    "CentralFact",
    "CentralWord",
    "Citizen",
    "Contact",
    "CountedCard",
    "DayCount",
    "Event",
    "Forecast",
    "ForecastRange",
    "Freshness",
    "Installation",
    "Kecamatan",
    "Kelurahan",
    "LetterRule",
    "LookupLimit",
    "Note",
    "Obliged",
    "Office",
    "OfficeRule",
    "Publication",
    "PublishedChunk",
    "PublishedCount",
    "PublishedFile",
    "PublishedPart",
    "PublishedQueue",
    "PublishedSet",
    "QueueBucket",
    "QueueHead",
    "QueueSuperbucket",
    "Receipt",
    "Secret",
    "StageCount",
    "Stay",
    "Step",
    "Suket",
    "Ticket",
    "Turn",
    "Unsettled",
]
