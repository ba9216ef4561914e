"""A small feed beside django-import-export; both without the start of their processes."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db import connections

from bekasi_ektp import server

from .. import city, cluster, people, sizes
from ..models import PeerCard
from ..results import Row, middle, row
from .imports import DAYS_LATER, child

GOALS = {"new": "≥ 20", "changed": "≥ 50", "unchanged": "≥ 50"}
COPY_OURS = """
INSERT INTO peer_card (nik_index, nik_sealed, name, kecamatan_id, kelurahan_id, rw, rt, recorded_at, requested_at, kind,
    address_sealed, address_digest, phone_sealed, phone_digest, code, stage, central_from)
SELECT z.nik_index, z.nik_sealed, z.name, k.kecamatan_id, z.kelurahan_id, z.rw, z.rt, z.recorded_at, k.requested_at, k.kind,
    z.address_sealed, z.address_digest, z.phone_sealed, z.phone_digest, w.code, k.stage, w.central_from
FROM tracking_citizen z JOIN tracking_card k ON k.citizen_id = z.id JOIN tracking_centralword w ON w.citizen_id = z.id
"""


def import_export() -> Iterator[Row]:
    """The same three kinds of file as for the large feeds."""
    seconds: dict[tuple[str, str], list[float]] = {}
    with (
        cluster.cloned(city.filled(sizes.PRESENT, people.fresh_among_served), "bench_ie") as database,
        TemporaryDirectory(dir=settings.VAR_DIR) as folder,
    ):
        _fill_peer(database)
        for repetition in range(sizes.SMALL_FEEDS):
            for kind, path in _files(Path(folder), repetition).items():
                for who in ("cached", "peer", "ours"):
                    cluster.settle()
                    seconds.setdefault((kind, who), []).append(_timed(database, who, kind, path, repetition))
    for kind, goal in GOALS.items():
        ours, peer, cached = (
            sizes.SMALL_FEED / middle(seconds[kind, who]) for who in ("ours", "peer", "cached")
        )
        note = f"{sizes.SMALL_FEED} rows; with the library's CachedInstanceLoader {ours / cached:.0f} times"
        yield row(f"import_ie_{kind}", ours, peer, "rows/s", goal, note)


def _fill_peer(database: str) -> None:
    """The peer's table, with the people who are there; a second one for its other loader."""
    with cluster.using(database), connections["owner"].schema_editor() as editor:
        editor.create_model(PeerCard)
    cluster.run(
        database,
        COPY_OURS,
        f"GRANT ALL ON peer_card TO {server.SITE}",
        f"GRANT ALL ON SEQUENCE peer_card_id_seq TO {server.SITE}",
    )
    cluster.calm(database)


def _timed(database: str, who: str, kind: str, path: Path, repetition: int) -> float:
    if who == "ours":
        return float(child(database, "take_in", str(path))["seconds"])
    done = child(database, "import_export", str(path), who)
    expected = {"new": "new", "changed": "update", "unchanged": "skip"}[kind]
    if done["totals"][expected] != sizes.SMALL_FEED:
        raise RuntimeError(f"The peer did not do what it should: {done['totals']}")
    return float(done["seconds"])


def _files(folder: Path, repetition: int) -> dict[str, Path]:
    kelurahan = city.kelurahan()
    first = sizes.PRESENT + repetition * sizes.SMALL_FEED
    spread = range(repetition, sizes.PRESENT, sizes.PRESENT // sizes.SMALL_FEED)
    new = people.write(
        folder / "new.csv", ((i, "BIO_CAPTURED") for i in range(first, first + sizes.SMALL_FEED)), kelurahan
    )
    changed = people.write(
        folder / "changed.csv", ((i, "SENT_FOR_ENROLLMENT") for i in spread), kelurahan, DAYS_LATER
    )
    return {"new": new, "changed": changed, "unchanged": changed}
