"""Where data comes from, each intake of it, the rows that were refused, and the partners who send by themselves."""

from .batch import Batch, RejectChunk
from .delivery import Delivery
from .source import Source
from .token import Token

__all__ = ["Batch", "Delivery", "RejectChunk", "Source", "Token"]
