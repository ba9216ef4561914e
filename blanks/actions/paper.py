"""What every paper about blanks has in common: asked twice it is booked once, and it has a number and movements."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

from django.utils import timezone

from staff.models import User
from tracking.actor import acting
from tracking.models import Kecamatan

from .. import serials
from ..ledger import Cause
from ..locks import STORE, hold
from ..models import Document, Movement, Range, SerialMove
from ..spans import Span


@contextmanager
def booking(
    *, by: User | str, source: str, request: UUID | None, places: Iterable[int] | None = None
) -> Iterator[Document | None]:
    """One transaction that holds the store and these kecamatan (all, unless told); gives what `request` made before.

    Pressed twice, the second waits and finds what the first booked.
    """
    with acting(by=by, source=source):
        kecamatan = Kecamatan.objects.values_list("id", flat=True) if places is None else places
        hold([STORE, *kecamatan])
        yield Document.objects.filter(request=request).first() if request else None


def office_number(kind: str) -> str:
    """The office's own number: kind, day and how many came before on that day."""
    today = timezone.localdate()
    before = Document.objects.filter(number__startswith=f"{kind}-{today:%Y%m%d}-").count()
    return f"{kind}-{today:%Y%m%d}-{before + 1}"


def move(
    document: Document,
    cause: Cause,
    from_account: int,
    to_account: int,
    quantity: int,
    *,
    why: str = "",
    named: Sequence[serials.SerialText] = (),
) -> None:
    """Some blanks from one account to another; `named` are those of them whose serials are said."""
    movement = Movement.objects.create(
        document=document,
        cause=cause,
        from_account_id=from_account,
        to_account_id=to_account,
        quantity=quantity,
        reason=why[:200],
    )
    series = {prefix: serials.series_of(prefix) for prefix in {one.prefix for one in named}}
    SerialMove.objects.bulk_create(
        SerialMove(movement=movement, series=series[one.prefix], number=one.number) for one in named
    )


def take_in(document: Document, spans: Iterable[Span]) -> None:
    """Serials that came with the document. ReceivedBefore if one of them was ever received."""
    for span in spans:
        Range.objects.create(
            document=document,
            series_id=serials.series_of(span.prefix).pk,
            first=span.first,
            last=span.last,
            width=span.width,
        )
