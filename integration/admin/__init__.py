"""Staff pages of feeds: import with its preview, the history of batches, exports."""

from . import batches, front, sources, tokens

__all__ = ["batches", "front", "sources", "tokens"]
