"""A store with blanks, quotas and a printer, for tests that are rolled back: each write is settled as at a commit."""

from blanks.actions import print_batch, receive
from blanks.ledger import ACCOUNT, QUOTAS, Cause, DocumentKind, Place
from blanks.models import Account, Document, Movement, PrintBatch
from blanks.spans import Span
from tests.builders import settle
from tracking.actor import acting

OFFICE = "test:office"


def shipment(quantity: int, first: str = "1001") -> None:
    """So many blanks come into the store, with serials from `first` on."""
    receive([Span.of(first, quantity)], by=OFFICE, number=f"SJ-{first}", on_paper=quantity)
    settle()


def quota(kecamatan: int, quantity: int) -> None:
    """So many blanks of the store go to a kecamatan, whatever it needs."""
    with acting(by=OFFICE, source="test"):
        paper = Document.objects.create(
            kind=DocumentKind.DIVISION, number="B", dated="2017-09-01", basis=None
        )
        Movement.objects.create(
            document=paper,
            cause=Cause.DIVIDED,
            from_account_id=ACCOUNT[Place.STORE],
            to_account_id=QUOTAS + kecamatan,
            quantity=quantity,
        )
    settle()


def batch(kecamatan: int = 1, size: int = 5) -> PrintBatch:
    """The next of a kecamatan are at the printer."""
    taken = print_batch(kecamatan, size=size, by=OFFICE)
    settle()
    return taken


def balance(place: str, kecamatan: int | None = None) -> int:
    return Account.objects.get(place=place, kecamatan=kecamatan).balance
