"""A document with all that it moved: movements, ranges received, serials named."""

from dataclasses import dataclass, field

from django.db import connection

from ..ledger import DocumentKind, Place
from ..models import Document, Movement, Range, Series
from ..models.serial import on_one_line
from ..serials import SerialText
from ..spans import Span, joined


@dataclass
class Line:
    """One movement of a document."""

    movement: Movement
    named: list[Span] = field(default_factory=list)


@dataclass
class Papers:
    """What a document says."""

    document: Document
    lines: list[Line]
    ranges: list[Span]

    @property
    def difference(self) -> int | None:
        """Counted, less what the paper says."""
        d = self.document
        return None if d.on_paper is None or d.counted is None else d.counted - d.on_paper

    @property
    def spoiled(self) -> int:
        """Blanks that it says are spoiled."""
        return sum(
            line.movement.quantity for line in self.lines if line.movement.to_account.place == Place.SPOILED
        )


def contents(document: Document) -> Papers:
    accounts = ("from_account__kecamatan", "to_account__kecamatan")
    movements = document.movements.select_related(*accounts).order_by("id")
    named = _named(document.pk)
    prefixes = dict(Series.objects.values_list("id", "prefix"))
    ranges = Range.objects.filter(document=document).order_by("series_id", "first")
    return Papers(
        document,
        [Line(movement, joined(named.get(movement.pk, ()))) for movement in movements],
        [Span(prefixes[r.series_id], r.first, r.last, r.width) for r in ranges],
    )


def newest(most: int) -> list[Document]:
    return list(Document.objects.order_by("-id")[:most])


def same_number(kind: DocumentKind, number: str) -> Document | None:
    """An earlier document of this kind with the same number."""
    return Document.objects.filter(kind=kind, number=number).order_by("-id").first()


def _named(document: int) -> dict[int, list[SerialText]]:
    with connection.cursor() as cursor:
        cursor.execute(_NAMED, [document])
        serials: dict[int, list[SerialText]] = {}
        for movement, prefix, number, width in cursor.fetchall():
            serials.setdefault(movement, []).append(SerialText(prefix, number, width))
        return serials


_NAMED = f"""
SELECT m.id, x.prefix, v.number, r.width
FROM blanks_movement m JOIN blanks_serialmove v ON v.movement_id = m.id
JOIN blanks_series x ON x.id = v.series_id
JOIN blanks_range r ON r.span @> ({on_one_line("v.series_id", "v.number")})
WHERE m.document_id = %s
"""
