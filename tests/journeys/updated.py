"""Settings of a site that was updated while a courier was on the way: other static files."""

import os
from pathlib import Path

from tests.settings import *  # noqa: F403

STATIC_ROOT = Path(os.environ["EKTP_UPDATED"])
