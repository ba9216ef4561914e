"""How much is measured: full size, or a tenth of it with QUICK=1."""

import os

QUICK = os.environ.get("QUICK", "") not in {"", "0"}
_SCALE = 10 if QUICK else 1

CITY = 1_800_000 // _SCALE
"""Cards in the whole city."""
PRESENT = 1_600_000 // _SCALE
"""Cards present when a feed comes."""
FEED = 200_000 // _SCALE
"""Rows of such a feed."""
SMALL_FEED = 10_000
"""Rows of a feed for django-import-export."""
MOVED = 100_000 // _SCALE
"""Cards moved by one statement."""
QUEUE, SHORT_QUEUE = 1_000_000 // _SCALE, 10_000 // _SCALE
"""Cards that wait, in a long queue and in a short one."""
TOWN = 10_000 // _SCALE
"""Cards of a small office, beside the whole city."""
SMALL_FEEDS = 1 if QUICK else 3
"""How often it is taken in: the peer is slow."""
DISTRICT = 100_000 // _SCALE
"""Cards beside which a page of the whole city must cost the same."""
REPETITIONS = 3
"""Of each measurement, ours and the peer's in turns; the median counts."""
SECONDS = 2.0 if QUICK else 5.0
"""That a load lasts."""
