"""What the citizen's pages say of blanks: the answers to tracking.public.supply."""

from collections.abc import Sequence
from datetime import date

from django.db import connection
from django.utils import timezone

from tracking.public.supply import Batch, Division, Exceptions, Given, Plan, Span

from .division import Strategy
from .ledger import ACCOUNT, QUOTAS, Category, DocumentKind, Place
from .models import Account, Document, PlannedShipment

_BATCHES = """
SELECT p.id, p.at, p.size, c.letter, min(c.number) FILTER (WHERE NOT c.exception),
    max(c.number) FILTER (WHERE NOT c.exception), count(*) FILTER (WHERE c.exception), count(*) FILTER (WHERE c.open)
FROM (SELECT * FROM blanks_printbatch WHERE kecamatan_id = %s ORDER BY id DESC LIMIT %s) p
JOIN blanks_batchcard c ON c.batch_id = p.id
GROUP BY p.id, p.at, p.size, c.letter ORDER BY p.id DESC, c.letter
"""
_EXCEPTIONS = """
SELECT p.category, t.kecamatan_id, count(*) FILTER (WHERE p.at >= m.now), count(*) FILTER (WHERE p.at < m.now)
FROM (SELECT date_trunc('month', now(), 'Asia/Jakarta') AS now) m
JOIN blanks_priority p ON p.at >= date_trunc('month', m.now - interval '1 day', 'Asia/Jakarta')
JOIN tracking_ticket t ON t.card_id = p.card_id
GROUP BY 1, 2
"""


class Ledger:
    """The room's answers; see tracking.public.supply.Supply."""

    def quotas(self) -> dict[int, int]:
        rows = Account.objects.filter(place=Place.QUOTA).values_list("id", "balance")
        return {key - QUOTAS: balance for key, balance in rows}

    def store(self) -> int:
        return Account.objects.values_list("balance", flat=True).get(pk=ACCOUNT[Place.STORE])

    def printed(self, places: Sequence[int]) -> dict[tuple[int, str], int]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT kecamatan_id, letter, blanks_printed(kecamatan_id, letter) FROM tracking_queuehead"
                " WHERE kecamatan_id = ANY (%s)",
                [list(places)],
            )
            return {(place, letter): number for place, letter, number in cursor.fetchall() if number}

    def batches(self, kecamatan: int, most: int) -> Sequence[Batch]:
        found: dict[int, Batch] = {}
        with connection.cursor() as cursor:
            cursor.execute(_BATCHES, [kecamatan, most])
            for key, at, size, letter, first, last, exceptions, still_open in cursor.fetchall():
                batch = found.get(key) or Batch(key, timezone.localtime(at), size, [], 0, 0)
                spans = [*batch.spans, Span(letter, first, last)] if first else batch.spans
                found[key] = batch._replace(
                    spans=spans, exceptions=batch.exceptions + exceptions, open=batch.open + still_open
                )
        return list(found.values())

    def exceptions(self) -> Exceptions:
        by_category = dict.fromkeys(Category, (0, 0))
        by_place: dict[int, tuple[int, int]] = {}
        with connection.cursor() as cursor:
            cursor.execute(_EXCEPTIONS)
            for category, place, now, before in cursor.fetchall():
                by_category[Category(category)] = _both(by_category[Category(category)], now, before)
                by_place[place] = _both(by_place.get(place, (0, 0)), now, before)
        return Exceptions(
            [(str(category.label), *counts) for category, counts in by_category.items()], by_place
        )

    def division(self) -> Division | None:
        paper = (
            Document.objects.filter(kind=DocumentKind.DIVISION, basis__isnull=False).order_by("-id").first()
        )
        if paper is None or paper.basis is None:
            return None
        rows = [
            Given(
                share["name"],
                share["slug"],
                share["waiting"],
                share["quota"],
                share["need"],
                share["given"],
                share["given"] != share["gets"],
            )
            for share in paper.basis["shares"]
        ]
        dated: date = paper.dated
        return Division(paper.number, dated, paper.basis["strategy"] == Strategy.PROPORTIONAL, rows)

    def plans(self) -> Sequence[Plan]:
        found = PlannedShipment.objects.filter(ended_at__isnull=True).order_by("earliest", "id")
        return [Plan(plan.quantity, plan.earliest, plan.latest, plan.tender) for plan in found]


def _both(counts: tuple[int, int], now: int, before: int) -> tuple[int, int]:
    return counts[0] + now, counts[1] + before
