"""The next of the queue get their blanks: a print batch."""

from typing import NamedTuple
from uuid import UUID

from django.db import connection

from staff.models import User
from tracking.actions.steps import SOURCE
from tracking.actor import acting
from tracking.refusals import Refused, going_again

from ..ledger import QUOTAS
from ..locks import hold
from ..models import Account, BatchCard, PrintBatch
from ..refusals import NotEnough, NotInTurn


class NoBlanks(Refused):
    """Jatah blanko kecamatan ini habis. Bagikan blanko dulu, lalu ambil tumpukan lagi."""


class NobodyWaits(Refused):
    """Tidak ada kartu yang menunggu di kecamatan ini, atau semuanya sedang diblokir."""


class Next(NamedTuple):
    """A card that will be served."""

    card_id: int
    letter: str
    number: int
    exception: bool

    def __str__(self) -> str:
        return f"{self.letter}-{self.number}"


def next_in_queue(kecamatan: int, most: int) -> list[Next]:
    """Who is served next, exceptions first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM blanks_next(%s::smallint, %s)", [kecamatan, most])
        return [Next(*row) for row in cursor.fetchall()]


@going_again(NotEnough)  # a result that came late took one of the quota a moment ago
def print_batch(
    kecamatan: int, *, size: int, by: User | str, request: UUID | None = None, source: str = SOURCE
) -> PrintBatch:
    """The next `size` cards of a kecamatan, as many as its quota holds, become a batch.

    NoBlanks or NobodyWaits if there are none; asked twice with one `request`, the same batch.
    """
    with acting(by=by, source=source):
        hold([kecamatan])
        if request and (taken := PrintBatch.objects.filter(request=request).first()):
            return taken
        blanks = Account.objects.get(pk=QUOTAS + kecamatan).balance
        if not blanks:
            raise NoBlanks
        chosen = [one.card_id for one in next_in_queue(kecamatan, min(size, blanks))]
        if not chosen:
            raise NobodyWaits
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM (SELECT FROM tracking_card WHERE id = ANY (%s)"
                " AND stage = 'WAITING_FOR_BLANK' AND NOT blocked ORDER BY id FOR NO KEY UPDATE) held",
                [chosen],
            )
            # one was stopped or blocked a moment ago: the next try sees it
            if cursor.fetchone()[0] < len(chosen):
                raise NotInTurn
            cursor.execute(
                "SELECT set_config('ektp.request', %s, true)", ["" if request is None else str(request)]
            )
            cursor.execute("UPDATE tracking_card SET stage = 'BLANK_ALLOCATED' WHERE id = ANY (%s)", [chosen])
        return PrintBatch.objects.get(pk=BatchCard.objects.get(card_id=chosen[0], open=True).batch_id)
