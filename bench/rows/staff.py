"""Staff's list and search in the whole city beside a small office."""

from collections.abc import Iterator

from .. import city, cluster, people, sizes
from ..results import Row, middle, row
from .imports import child

ASKS = 10 if sizes.QUICK else 40


def admin() -> Iterator[Row]:
    """The same pages over both databases, in turns."""
    times: dict[tuple[str, int], list[float]] = {}
    with (
        cluster.cloned(city.filled(sizes.CITY, people.city), "bench_city") as large,
        cluster.cloned(city.filled(sizes.TOWN, people.city), "bench_town") as small,
    ):
        for _ in range(sizes.REPETITIONS):
            for size, database in ((sizes.CITY, large), (sizes.TOWN, small)):
                for name, seconds in child(database, "ask_staff", str(ASKS)).items():
                    times.setdefault((name, size), []).extend(seconds)
    for name in ("list", "search"):
        ours, peer = (times[name, size] for size in (sizes.CITY, sizes.TOWN))
        yield row(
            f"admin_{name}",
            middle(ours) * 1000,
            middle(peer) * 1000,
            "ms",
            "≤ 3",
            f"{sizes.CITY} cards beside {sizes.TOWN}; the slowest of {len(ours)} took {max(ours) * 1000:.0f} ms",
        )
