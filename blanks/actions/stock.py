"""What is done with stock besides receiving and dividing it: counted, spoiled, lost, found, sent back, destroyed.

Each writes one document and its movements in one transaction; asked twice with one `request`, the same document.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.utils import timezone

from staff.models import User
from tracking.actions.steps import SOURCE
from tracking.refusals import Refused, action

from ..ledger import ACCOUNT, FREE, Cause, DocumentKind, Place
from ..models import Account, Document, Range, Serial
from ..queries.serials import Found, look_up
from ..refusals import NeverReceived, NotThere
from ..serials import SerialText
from ..spans import Span
from ..spans import quantity as total
from .paper import booking, move, office_number, take_in

STOCK = (Place.STORE, Place.QUOTA)
COUNTABLE = (*STOCK, Place.SPOILED)


class WhyNeeded(Refused):
    """Tulis sebabnya. Tanpa sebab tidak ada yang dicatat."""


class BalanceMoved(Refused):
    """Saldo berubah sejak pratinjau. Belum ada yang dicatat: periksa selisih yang baru, lalu catat lagi."""


class NothingNamed(Refused):
    """Pilih paling sedikit satu blanko."""


class OpeningNeedsSerials(Refused):
    """Ini stok awal: belum ada nomor seri yang tercatat. Tulis rentang seri semua blanko yang dihitung."""


class SurplusIsOther(Refused):
    """Banyaknya nomor seri tidak sama dengan lebihnya. Tulis seri semua blanko yang lebih,
    atau kosongkan bila serinya sudah pernah diterima."""


class SpoiledAreNamed(Refused):
    """Blanko rusak dihitung per nomor seri. Yang kurang: tulis serinya. Yang lebih: catat dulu sebagai rusak."""


class Counted(NamedTuple):
    """What was counted of one account, why it differs, and which serials are missing if they are known."""

    account: int
    counted: int
    seen: int  # the balance that the difference was taken from
    why: str = ""
    missing: tuple[SerialText, ...] = ()


@action
def count(
    counts: Sequence[Counted],
    *,
    by: User | str,
    surplus: Sequence[Span] = (),
    number: str = "",
    dated: date | None = None,
    witnesses: Sequence[str] = (),
    request: UUID | None = None,
    source: str = SOURCE,
) -> Document:
    """Book a stock count; differences are a supervisor's. BalanceMoved if a balance is not the one that was seen.

    `surplus` are the serials of what was more than booked, for those that were never received.
    """
    with booking(by=by, source=source, request=request) as done:
        if done:
            return done
        accounts = {a.pk: a for a in Account.objects.filter(place__in=COUNTABLE).select_related("kecamatan")}
        counts = sorted(counts)
        if not counts:
            raise NothingNamed
        if any(accounts[one.account].balance != one.seen for one in counts):
            raise BalanceMoved
        differing = [one for one in counts if one.counted != one.seen]
        if any(not one.why.strip() for one in differing):
            raise WhyNeeded
        _check_serials(accounts, differing, surplus)
        document = _document(
            DocumentKind.COUNT,
            by,
            request,
            number=number,
            dated=dated,
            on_paper=sum(one.seen for one in counts),
            counted=sum(one.counted for one in counts),
            basis={
                "witnesses": list(witnesses),
                "counts": [
                    {
                        "account": str(accounts[one.account]),
                        "book": one.seen,
                        "counted": one.counted,
                        "why": one.why,
                    }
                    for one in counts
                ],
            },
        )
        supplier, lost = ACCOUNT[Place.SUPPLIER], ACCOUNT[Place.LOST]
        for one in differing:
            more = one.counted - one.seen
            cause, way = (
                (Cause.FOUND_MORE, (supplier, one.account))
                if more > 0
                else (Cause.FOUND_LESS, (one.account, lost))
            )
            move(document, cause, *way, abs(more), why=one.why, named=one.missing)
        take_in(document, surplus)
        return document


def _check_serials(
    accounts: dict[int, Account], differing: Sequence[Counted], surplus: Sequence[Span]
) -> None:
    more = sum(max(one.counted - one.seen, 0) for one in differing)
    if surplus and total(surplus) != more:
        raise SurplusIsOther
    if more and not surplus and not Range.objects.exists():
        raise OpeningNeedsSerials
    for one in differing:
        short = one.seen - one.counted
        if accounts[one.account].place == Place.SPOILED and len(one.missing) != short:
            raise SpoiledAreNamed
        if one.missing and len(one.missing) > short:
            raise NotThere


@action
def spoil(
    named: Sequence[SerialText],
    *,
    account: int,
    by: User | str,
    why: str,
    dated: date | None = None,
    request: UUID | None = None,
    source: str = SOURCE,
) -> Document:
    """Blanks of the store or of a quota that were spoiled before anything was printed on them."""
    with booking(by=by, source=source, request=request) as done:
        if done:
            return done
        _check(named, why, FREE)
        document = _document(
            DocumentKind.LOSS, by, request, dated=dated, counted=len(named), why=why, kind="RUSAK"
        )
        move(document, Cause.SPOILED, account, ACCOUNT[Place.SPOILED], len(named), why=why, named=named)
        return document


@action
def lose(
    quantity: int,
    *,
    account: int,
    by: User | str,
    why: str,
    named: Sequence[SerialText] = (),
    dated: date | None = None,
    request: UUID | None = None,
    source: str = SOURCE,
) -> Document:
    """Blanks of the store or of a quota that are gone; those whose serial is known are named."""
    with booking(by=by, source=source, request=request) as done:
        if done:
            return done
        _check(named, why, FREE, some=quantity > 0)
        if len(named) > quantity:
            raise NotThere
        document = _document(
            DocumentKind.LOSS, by, request, dated=dated, counted=quantity, why=why, kind="HILANG"
        )
        move(document, Cause.LOST, account, ACCOUNT[Place.LOST], quantity, why=why, named=named)
        return document


@action
def find(
    quantity: int,
    *,
    by: User | str,
    why: str,
    named: Sequence[SerialText] = (),
    dated: date | None = None,
    request: UUID | None = None,
    source: str = SOURCE,
) -> Document:
    """Lost blanks that turned up and are good: back into the store. NotThere if they were not lost."""
    with booking(by=by, source=source, request=request) as done:
        if done:
            return done
        found = _check(named, why, FREE, Place.LOST, some=quantity > 0)
        lost_by_name = [one.serial for one in found if one.place == Place.LOST]
        nameless = Account.objects.get(pk=ACCOUNT[Place.LOST]).balance
        nameless -= Serial.objects.filter(place=Place.LOST).count()
        # lost without a serial it is still in stock by its serial: then nothing is to be said of that serial
        if quantity < len(named) or quantity - len(lost_by_name) > nameless:
            raise NotThere
        document = _document(
            DocumentKind.LOSS, by, request, dated=dated, counted=quantity, why=why, kind="TEMU"
        )
        move(
            document,
            Cause.FOUND,
            ACCOUNT[Place.LOST],
            ACCOUNT[Place.STORE],
            quantity,
            why=why,
            named=lost_by_name,
        )
        return document


@action
def send_back(
    named: Sequence[SerialText],
    *,
    by: User | str,
    why: str,
    number: str = "",
    dated: date | None = None,
    request: UUID | None = None,
    source: str = SOURCE,
) -> Document:
    """Blanks that go back to the supplier, good ones of the store and spoiled ones."""
    with booking(by=by, source=source, request=request) as done:
        if done:
            return done
        found = _check(named, why, FREE, Place.SPOILED)
        document = _document(
            DocumentKind.SENDING_BACK, by, request, number=number, dated=dated, counted=len(named), why=why
        )
        for account, place in ((Place.STORE, FREE), (Place.SPOILED, Place.SPOILED)):
            if some := [one.serial for one in found if one.place == place]:
                way = ACCOUNT[account], ACCOUNT[Place.SENT_BACK]
                move(document, Cause.SENT_BACK, *way, len(some), why=why, named=some)
        return document


@action
def destroy(
    named: Sequence[SerialText],
    *,
    by: User | str,
    number: str,
    how: str,
    where: str = "",
    dated: date | None = None,
    witnesses: Sequence[str] = (),
    request: UUID | None = None,
    source: str = SOURCE,
) -> Document:
    """Spoiled blanks that were destroyed, with the number of the record that was signed."""
    with booking(by=by, source=source, request=request) as done:
        if done:
            return done
        _check(named, how, Place.SPOILED)
        document = _document(
            DocumentKind.DESTRUCTION,
            by,
            request,
            number=number,
            dated=dated,
            counted=len(named),
            why=how,
            basis={"where": where, "witnesses": list(witnesses)},
        )
        way = ACCOUNT[Place.SPOILED], ACCOUNT[Place.DESTROYED]
        move(document, Cause.DESTROYED, *way, len(named), why=how, named=named)
        return document


def _check(named: Sequence[SerialText], why: str, *places: str, some: bool = False) -> list[Found]:
    """There is a reason, something is named, and each serial is in one of these places: where it is."""
    if not why.strip():
        raise WhyNeeded
    if not named and not some:
        raise NothingNamed
    found = look_up(named)
    for one in found:
        if not one.received:
            raise NeverReceived
        if one.place not in places:
            raise NotThere
    return found


_NUMBERED = {
    DocumentKind.COUNT: "OPNAME",
    DocumentKind.SENDING_BACK: "KEMBALI",
    DocumentKind.DESTRUCTION: "MUSNAH",
}


def _document(
    document_kind: DocumentKind,
    by: User | str,
    request: UUID | None,
    *,
    number: str = "",
    dated: date | None = None,
    kind: str = "",
    basis: dict[str, Any] | None = None,
    **fields: Any,
) -> Document:
    # the name as it is today: a paper that is printed again says the same
    return Document.objects.create(
        kind=document_kind,
        number=number or office_number(kind or _NUMBERED[document_kind]),
        dated=dated or timezone.localdate(),
        basis={"by": str(by), **(basis or {})},
        request=request,
        **fields,
    )
