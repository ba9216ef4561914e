"""Where data comes from, each intake of it, the rows that were refused, and the partners who send by themselves."""

from .batch import Batch, RejectChunk
from .change import Change, ChangeMark
from .delivery import Delivery
from .difference import Difference
from .folder import DroppedFile, FolderState
from .source import Source
from .token import Token

__all__ = [
    "Batch",
    "Change",
    "ChangeMark",
    "Delivery",
    "Difference",
    "DroppedFile",
    "FolderState",
    "RejectChunk",
    "Source",
    "Token",
]
