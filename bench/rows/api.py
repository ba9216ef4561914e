"""The partners' API: beside the command that takes in the same file, beside a bare view, and beside the citizens."""

import gzip
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings

from .. import city, cluster, memory, partners, people, site, sizes
from ..results import Row, middle, row

ROWS = 100_000 if not sizes.QUICK else 10_000
CLIENTS = 8
EVENTS = (100_000, 10_000_000 if not sizes.QUICK else 1_000_000)
PAGES = 60
SENDERS = 2


def api_batch() -> Iterator[Row]:
    """As many rows as a batch may have, packed; the same file by import_cards."""
    rates: dict[str, list[float]] = {"ours": [], "peer": []}
    with TemporaryDirectory(dir=settings.VAR_DIR) as folder:
        path = _file(Path(folder) / "batch.csv", ROWS)
        for _ in range(sizes.REPETITIONS):
            with cluster.cloned(cluster.EMPTY, "bench_api") as database:
                words = partners.token(database, "mitra")
                with site.serving(database) as port, partners.worker(database):
                    rates["ours"].append(ROWS / partners.sent(port, words, path.read_bytes()))
            with cluster.cloned(cluster.EMPTY, "bench_api") as database:
                rates["peer"].append(ROWS / partners.imported(database, path))
    note = f"{ROWS} new rows, gzip; the worker reads them, the answer brings the summary"
    yield row("api_batch", middle(rates["ours"]), middle(rates["peer"]), "rows/s", "≥ 0.8", note)


def api_small() -> Iterator[Row]:
    """Batches of ten rows from eight clients at once; a bare view that inserts ten rows."""
    with cluster.cloned(cluster.EMPTY, "bench_api") as database:
        cluster.run(database, *partners.PLAIN_TABLE)
        words = [partners.token(database, f"mitra-{n}") for n in range(CLIENTS)]
        with site.serving(database) as port:
            ours = [partners.rate(port, words, sizes.SECONDS, ours=True) for _ in range(sizes.REPETITIONS)]
            bare = [partners.rate(port, words, sizes.SECONDS, ours=False) for _ in range(sizes.REPETITIONS)]
    note = f"{CLIENTS} clients, a token each; parsed, sealed, decided, applied and remembered"
    yield row("api_small", middle(ours), middle(bare), "requests/s", "≥ 0.3", note)


def api_memory() -> Iterator[Row]:
    """The largest body that is allowed, over the idle site and worker, the server's memory among it."""
    with (
        TemporaryDirectory(dir=settings.VAR_DIR) as folder,
        cluster.cloned(cluster.EMPTY, "bench_api") as database,
    ):
        body = _file(Path(folder) / "batch.csv", ROWS, wide=True).read_bytes()
        words = partners.token(database, "mitra")
        with site.process(database) as (port, web), partners.worker(database) as worker:
            time.sleep(1)
            idle = [memory.Peak(pid) for pid in (web, worker)]
            for peak in idle:
                peak.look()
            with memory.watched(web) as of_web, memory.watched(worker) as of_worker:
                partners.sent(port, words, body)
    # the server is in both
    over = [of_web.highest - of_web.of_server - (idle[0].highest - idle[0].of_server)]
    over.append(of_worker.highest - idle[1].highest)
    note = (
        f"{len(body) / 1e6:.1f} MB of {ROWS} rows: web {over[0]:.0f} MB, worker and server {over[1]:.0f} MB"
    )
    yield row("api_memory", sum(over), None, "MB", "≤ 100", note)


def feed_growth() -> Iterator[Row]:
    """A page of the change feed of one kecamatan, among few and among many events."""
    took: list[float] = []
    with cluster.cloned(cluster.EMPTY, "bench_api") as database:
        have = 0
        for events in EVENTS:
            cluster.run(
                database,
                "INSERT INTO integration_change SELECT n, n % 12 + 1, n, 'PRINTED', now(), now()"
                f" FROM generate_series({have + 1}, {events}) n",
            )
            have = events
            cluster.calm(database)
            took.append(partners.page_of_changes(database, events, PAGES))
    note = f"a page of 1,000 in {took[1] * 1000:.2f} ms at {EVENTS[1]} events, {took[0] * 1000:.2f} ms at {EVENTS[0]}"
    yield row("feed_growth", took[1], took[0], "s", "≤ 1.2", note)


def public_beside_api() -> Iterator[Row]:
    """Status pages while two partners send as much as they may, and without them."""
    with (
        cluster.cloned(city.filled(sizes.PRESENT, people.city), "bench_api") as database,
        TemporaryDirectory(dir=settings.VAR_DIR) as folder,
    ):
        links = partners.links(database, 2_000)
        body = gzip.compress(_file(Path(folder) / "batch.csv", ROWS).read_bytes(), 1)
        words = [partners.token(database, f"mitra-{n}") for n in range(SENDERS)]
        with site.serving(database) as port, partners.worker(database):
            site.load(port, links, sizes.SECONDS / 2)
            alone = [site.load(port, links, sizes.SECONDS).rate for _ in range(sizes.REPETITIONS)]
            end = threading.Event()
            sending = [
                threading.Thread(target=partners.send_on, args=[port, one, body, end]) for one in words
            ]
            for thread in sending:
                thread.start()
            time.sleep(1)
            beside = [site.load(port, links, sizes.SECONDS).rate for _ in range(sizes.REPETITIONS)]
            end.set()
            for thread in sending:
                thread.join()
    note = f"{SENDERS} partners, {ROWS} rows a batch without a pause; {settings.WEB_WORKERS} web workers"
    yield row("public_beside_api", middle(beside), middle(alone), "requests/s", "≥ 0.5", note)


def _file(path: Path, rows: int, *, wide: bool = False) -> Path:
    """A feed of new people; wide: as many bytes as a batch may have."""
    people.write(path, ((i, people.city(i).code) for i in range(rows)), city.kelurahan())
    if wide:
        head, *lines = path.read_text().splitlines()
        room = max(0, 19_900_000 - path.stat().st_size) // rows - 1
        path.write_text(
            "\n".join([f"{head},CATATAN", *(f"{line},{'x' * max(room - 1, 0)}" for line in lines)]) + "\n"
        )
    return path
