"""Staff pages of feeds: import with its preview, the history of batches, exports."""

from . import batches, differences, front, sources, tokens

__all__ = ["batches", "differences", "front", "sources", "tokens"]
