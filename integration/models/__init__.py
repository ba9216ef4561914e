"""Where data comes from, each intake of it, and the rows that were refused."""

from .batch import Batch, RejectChunk
from .source import Source

__all__ = ["Batch", "RejectChunk", "Source"]
