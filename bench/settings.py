"""Settings of the benchmark: the demo's own rules over a cluster and keys of its own under var/bench."""

import os
from pathlib import Path

from bekasi_ektp import environment

VAR = environment.BASE_DIR / "var" / "bench"
for _name in (*environment.OWN_WORD, "DATABASE_OWNER_URL", "DATABASE_REPLICA_URL", "CACHE_URL", "EMAIL_URL"):
    os.environ.pop(_name, None)
VAR = Path(os.environ.get("BENCH_VAR") or VAR)
VAR.mkdir(parents=True, exist_ok=True)
environment.write_demo(VAR)
os.environ |= {"EKTP_VAR": str(VAR), "DEMO": "1"}

from bekasi_ektp.settings import *  # noqa: E402, F403
from bekasi_ektp.settings import DATABASES, INSTALLED_APPS  # noqa: E402

DATABASE = os.environ.get("BENCH_DATABASE") or "ektp"
for _database in DATABASES.values():
    _database["NAME"] = DATABASE
INSTALLED_APPS += ["bench"]
ROOT_URLCONF = "bench.urls"
