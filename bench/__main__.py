"""`python -m bench [NAME…]`: measures, writes every row as soon as it is there, and prints a table."""

import os
import sys
import time
from collections.abc import Callable, Iterable

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"

import django

django.setup()

from . import cluster, results  # noqa: E402
from .results import Row  # noqa: E402
from .rows import MEASURES  # noqa: E402


def main(names: list[str]) -> int:
    unknown = [name for name in names if not any(name in known for known, _ in MEASURES)]
    if unknown:
        print(f"No such row: {', '.join(unknown)}. There are:", *_all(), sep="\n  ", file=sys.stderr)
        return 2
    try:
        cluster.alone()
    except BlockingIOError:
        print("A benchmark is running; two at once measure nothing.", file=sys.stderr)
        return 1
    if not names:
        results.PATH.unlink(missing_ok=True)
    cluster.start()
    cluster.tidy()
    cluster.empty()
    failed = False
    for known, measure in MEASURES:
        if not names or set(names) & set(known):
            failed |= not _measure(known, measure)
    return int(failed)


def _measure(known: Iterable[str], measure: Callable[[], Iterable[Row]]) -> bool:
    """Run one measure; a failure costs its own rows alone."""
    began = time.monotonic()
    try:
        for row in measure():
            results.keep([row])
            sign = "holds " if row.holds else "MISSED"
            beside = "" if row.peer is None else f" beside {row.peer:g}, ratio {row.ratio:g}"
            print(
                f"{sign} {row.name:<22} {row.ours:g}{beside} {row.unit} (goal {row.goal}) {row.note}",
                flush=True,
            )
    except Exception:
        if os.environ.get("BENCH_DEBUG"):
            raise
        import traceback

        print(f"FAILED {', '.join(known)}", file=sys.stderr)
        traceback.print_exc()
        return False
    finally:
        print(f"       {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return True


def _all() -> list[str]:
    return [name for known, _ in MEASURES for name in known]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
