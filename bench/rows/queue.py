"""What a place in a long queue costs beside one in a short queue."""

import time
from collections.abc import Iterator

from .. import city, cluster, people, sizes
from ..results import Row, middle, row

ASKED = min(5_000, sizes.SHORT_QUEUE)
# As the status page asks: from PL/pgSQL, one card at a time.
_SAMPLE = f"""
CREATE TEMP TABLE asked AS SELECT kecamatan_id, letter, number FROM tracking_ticket ORDER BY md5(card_id::text) LIMIT {ASKED}
"""
_ASK = """
DO $$
DECLARE t record; place integer;
BEGIN
    FOR t IN SELECT * FROM asked LOOP
        {}
    END LOOP;
END $$
"""
_POSITION = "place := tracking_position(t.kecamatan_id, t.letter, t.number);"


def position_growth() -> Iterator[Row]:
    """Microseconds for a place, at 1,000,000 waiting and at 10,000."""
    names = {n: city.filled(n, people.waiting) for n in (sizes.QUEUE, sizes.SHORT_QUEUE)}
    connections = {n: cluster.connect(name) for n, name in names.items()}
    times: dict[int, list[float]] = {n: [] for n in names}
    for connection in connections.values():
        connection.cursor().execute(_SAMPLE)
        _seconds(connection, _POSITION)
    for _ in range(3 * sizes.REPETITIONS):
        for n, connection in connections.items():
            took = _seconds(connection, _POSITION) - _seconds(connection, "NULL;")
            times[n].append(took / ASKED * 1e6)
    for connection in connections.values():
        connection.close()
    long, short = (middle(times[n]) for n in names)
    yield row(
        "position_growth", long, short, "µs", "≤ 1.2", f"{sizes.QUEUE} waiting beside {sizes.SHORT_QUEUE}"
    )


def _seconds(connection: object, what: str) -> float:
    with connection.cursor() as cursor:  # type: ignore[attr-defined]
        started = time.perf_counter()
        cursor.execute(_ASK.format(what))
        return time.perf_counter() - started
