"""Closing a day: its sets, figures, files and roots, in one transaction of one moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone

from ..models import Installation, Kecamatan, Publication, PublishedChunk
from . import private
from .files import Day, File, Log, files, sets
from .sets import close_set

JAKARTA = ZoneInfo("Asia/Jakarta")
HERE = Path(__file__).parent
ONE_AT_A_TIME = 0x656B7475
TRIES = 5

_LINES = """
WITH t AS MATERIALIZED (
    SELECT moment, letter, (at AT TIME ZONE 'Asia/Jakarta')::date AS day, numbers, rank, word,
        strpos(tracking_letters((at AT TIME ZONE 'Asia/Jakarta')::date), letter) AS place
    FROM tracking_turn
    JOIN (VALUES ('enter', 1, 'masuk'), ('leave', 2, 'keluar'), ('return', 3, 'kembali'), ('exception', 4, 'pengecualian'),
                 ('served', 5, 'dicetak')) a (act, rank, word) USING (act)
    WHERE kecamatan_id = {kecamatan} AND moment > {after} AND moment <= {reach})
SELECT {lines} + row_number() OVER (ORDER BY moment, rank, place, number), day, letter, number, word
FROM t CROSS JOIN unnest(numbers) number ORDER BY 1
"""
_REACHED = """
SELECT coalesce(max(lines) FILTER (WHERE day = %(before)s), 0), coalesce(max(reach) FILTER (WHERE day = %(before)s), 0),
    coalesce(max(reach) FILTER (WHERE day = %(day)s), 0)
FROM tracking_publishedqueue WHERE kecamatan_id = %(place)s AND day IN (%(day)s, %(before)s)
"""
QUEUE_HEADER = "no,tanggal,huruf,nomor,peristiwa"
DAY_HEADER = "tanggal,sampai,peristiwa,akar_pribadi"


class InTheFuture(Exception):
    """Hari itu belum tiba; yang dapat diumumkan paling jauh hari ini."""

    def __str__(self) -> str:
        return str(self.__doc__)


def publish(through: date | None = None) -> list[date]:
    """Close every day through this one (yesterday) that is not closed yet, in order. Which were; InTheFuture."""
    today = timezone.localdate()
    last = through or today - timedelta(days=1)
    if last > today:
        raise InTheFuture
    closed: list[date] = []
    while (day := next_day()) <= last:
        if _close_once(day):
            closed.append(day)
    return closed


def next_day() -> date:
    """The first day that is not published."""
    newest = Publication.objects.order_by("-day").values_list("day", flat=True).first()
    return newest + timedelta(days=1) if newest else Installation.objects.get().day


def _close_once(day: date) -> bool:
    """False: somebody else closed it while we waited."""
    for left in reversed(range(TRIES)):
        try:
            with _one_moment() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
                _close(day)
            return True
        except IntegrityError:
            if not Publication.objects.filter(day=day).exists():
                raise
            return False
        except OperationalError:  # two of a snapshot each; the other has closed it, or the next try does
            if not left:
                raise
    return False


@contextmanager
def _one_moment() -> Iterator[Any]:
    nested = connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if not nested:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield cursor


def _close(day: date) -> None:
    before = Publication.objects.order_by("-day").first()
    until = min(datetime.combine(day + timedelta(days=1), time(), JAKARTA), timezone.now())
    this = Day(day, before.day if before else None, until)
    more = {
        source: close_set(source, table, day=day, before=this.before, until=until) for source, table in sets()
    }
    with connection.cursor() as cursor:
        cursor.execute((HERE / "queue.sql").read_text(), this.facts())
        cursor.execute(
            (HERE / "counts.sql").read_text(),
            this.facts() | {"from": _first_open(this), "more": more["event"]},
        )
    publication = Publication(day=day, before=this.before, until=until)
    tree = private.Chunks(
        bytes(publication.secret), bytes(before.private_root) if before else private.FIRST_PREVIOUS
    )
    with connection.cursor() as cursor:
        private.leaves_into(tree, cursor, day)
    publication.private_root, publication.events = tree.root(), tree.events
    log = Log(this, bytes(before.public_root) if before else private.FIRST_PREVIOUS)
    for file in (_own_line(publication), *files(), *_queue_logs(this)):
        log.write(file)
    publication.public_root, publication.lines = log.tree.root(), log.lines
    publication.save(force_insert=True)
    PublishedChunk.objects.bulk_create(
        (
            PublishedChunk(day=day, n=n, first_id=first, last_id=last, hash=hashed)
            for n, (first, last, hashed) in enumerate(tree.chunks)
        ),
        batch_size=1000,
    )


def _first_open(this: Day) -> int:
    """Nothing before this event can have happened after the day's set."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT least(coalesce(lower(missing), reach + 1), reach + 1) FROM tracking_publishedset"
            " WHERE source = 'event' AND day = %s",
            [this.day],
        )
        row = cursor.fetchone()
        return int(row[0]) if row else 0


def _own_line(publication: Publication) -> File:
    line = (
        publication.day,
        publication.until.astimezone(JAKARTA).isoformat(timespec="seconds"),
        publication.events,
        bytes(publication.private_root).hex(),
    )
    return File("hari", DAY_HEADER, lambda day: [line])


def _queue_logs(this: Day) -> Iterator[File]:
    """What happened to the numbers of each kecamatan, in the order in which it did."""
    for kecamatan in Kecamatan.objects.order_by("code"):
        with connection.cursor() as cursor:
            cursor.execute(_REACHED, this.facts() | {"place": kecamatan.pk})
            lines, after, reach = cursor.fetchone()
        query = _LINES.format(lines=lines, kecamatan=kecamatan.pk, after=after, reach=reach)
        yield File(f"antrean/{kecamatan.slug}", QUEUE_HEADER, query)
