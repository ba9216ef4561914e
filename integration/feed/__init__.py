"""Reading feeds: files of the centre as a stream of checked rows, before any table.

`open_feed` → `Feed.copy_chunks()` (binary COPY, see copyformat.py) → the merge → `Feed.rejects(…)`.
"""

from .errors import UnreadableFile
from .feed import Feed, Rejected, open_feed
from .reasons import Fault, Reason

__all__ = ["Fault", "Feed", "Reason", "Rejected", "UnreadableFile", "open_feed"]
