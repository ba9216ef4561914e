"""How blanks are divided over the kecamatan: what each needs, what each gets, and why. Reads only.

Two ways: in proportion to the need (largest remainder), or the oldest request first over the whole city.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from tracking.models import Kecamatan

from .ledger import ACCOUNT, QUOTAS, Place
from .models import Account


class Strategy(TextChoices):
    """How a quantity is divided."""

    PROPORTIONAL = "proportional", _("Sebanding dengan kebutuhan")
    OLDEST_FIRST = "oldest-first", _("Permohonan tertua di seluruh kota lebih dulu")


@dataclass(frozen=True)
class Share:
    """One kecamatan in a division. `need` is who waits, not blocked, less what the quota still holds."""

    kecamatan_id: int
    code: str
    slug: str
    name: str
    waiting: int
    blocked: int  # beside those who wait
    quota: int
    need: int
    exact: float  # before rounding, in blanks
    gets: int
    reaches: str = ""  # the last queue number that the quota will then serve

    @property
    def quota_after(self) -> int:
        return self.quota + self.gets


@dataclass(frozen=True)
class Proposal:
    """A division as it would be now, with all that it was computed from."""

    strategy: str
    quantity: int
    store: int
    letters: str
    shares: tuple[Share, ...]

    @property
    def allocated(self) -> int:
        return sum(share.gets for share in self.shares)

    @property
    def left(self) -> int:
        return self.quantity - self.allocated

    @property
    def fingerprint(self) -> str:
        """Equal only if nothing that decides has moved: stock, quotas, queues, rule."""
        basis = [self.strategy, self.quantity, self.store, self.letters]
        rows = [[s.kecamatan_id, s.waiting, s.quota, s.gets, s.reaches] for s in self.shares]
        return hashlib.sha256(json.dumps([basis, rows]).encode()).hexdigest()[:32]

    def as_basis(self, changes: dict[int, int]) -> dict[str, Any]:
        """What is kept with the document, so that anybody can compute the division again."""
        return {
            "strategy": self.strategy,
            "quantity": self.quantity,
            "store": self.store,
            "letters": self.letters,
            "shares": [asdict(share) | self._given(share, changes) for share in self.shares],
        }

    def _given(self, share: Share, changes: dict[int, int]) -> dict[str, Any]:
        given = changes.get(share.kecamatan_id, share.gets)
        if given == share.gets:
            return {"given": given}
        last = reached({share.kecamatan_id: share.quota + given})
        return {"given": given, "reaches": last[share.kecamatan_id]}


def propose(quantity: int, strategy: str = Strategy.PROPORTIONAL) -> Proposal:
    """How `quantity` blanks would be divided now. More than the store holds is proposed too: see `store`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kecamatan_id, sum(waiting), sum(blocked) FROM tracking_queuehead GROUP BY 1")
        heads = {key: (int(waiting), int(blocked)) for key, waiting, blocked in cursor.fetchall()}
        cursor.execute("SELECT tracking_letters()")
        letters = cursor.fetchone()[0]
    balance = dict(Account.objects.values_list("id", "balance"))
    kecamatan = list(Kecamatan.objects.order_by("code"))
    waiting = {k.id: heads.get(k.id, (0, 0))[0] for k in kecamatan}
    need = {k.id: max(waiting[k.id] - balance[QUOTAS + k.id], 0) for k in kecamatan}
    exact = _exact(quantity, need)
    if strategy == Strategy.OLDEST_FIRST:
        gets = _oldest_first(quantity, {k.id: balance[QUOTAS + k.id] for k in kecamatan}, letters)
    else:
        gets = largest_remainder(quantity, need)
    last = reached({k.id: balance[QUOTAS + k.id] + gets.get(k.id, 0) for k in kecamatan})
    shares = tuple(
        Share(
            kecamatan_id=k.id,
            code=k.code,
            slug=k.slug,
            name=k.name,
            waiting=waiting[k.id],
            blocked=heads.get(k.id, (0, 0))[1],
            quota=balance[QUOTAS + k.id],
            need=need[k.id],
            exact=round(exact[k.id], 3),
            gets=gets.get(k.id, 0),
            reaches=last[k.id],
        )
        for k in kecamatan
    )
    return Proposal(str(strategy), quantity, balance[ACCOUNT[Place.STORE]], letters, shares)


def largest_remainder(quantity: int, need: dict[int, int]) -> dict[int, int]:
    """Whole numbers in proportion to the need, none beyond it; equal remainders go by the order of `need`."""
    total = sum(need.values())
    if quantity >= total:
        return dict(need)
    gets = {key: quantity * n // total for key, n in need.items()}
    remainders = sorted(need, key=lambda key: -(quantity * need[key] % total))  # sorted is stable
    for key in remainders[: quantity - sum(gets.values())]:
        gets[key] += 1
    return gets


def _exact(quantity: int, need: dict[int, int]) -> dict[int, float]:
    total = sum(need.values())
    share = min(quantity / total, 1.0) if total else 0.0
    return {key: n * share for key, n in need.items()}


def _oldest_first(quantity: int, quotas: dict[int, int], letters: str) -> dict[int, int]:
    """The best letter first, in it the oldest request; those whom the quota of their kecamatan serves are left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT ticket_kecamatan_id, count(*) FROM (
                SELECT w.ticket_kecamatan_id FROM (
                    SELECT c.ticket_kecamatan_id, c.letter, c.requested_at, c.id,
                           row_number() OVER (PARTITION BY c.ticket_kecamatan_id
                                              ORDER BY strpos(%(letters)s, c.letter), t.number) AS turn
                    FROM tracking_card c JOIN tracking_ticket t ON t.card_id = c.id
                    WHERE c.stage = 'WAITING_FOR_BLANK' AND c.phase = 1 AND NOT c.blocked) w
                JOIN unnest(%(kecamatan)s::int[], %(quotas)s::bigint[]) q (kecamatan_id, quota)
                    ON q.kecamatan_id = w.ticket_kecamatan_id
                WHERE w.turn > q.quota
                ORDER BY strpos(%(letters)s, w.letter), w.requested_at, w.id LIMIT %(quantity)s) oldest
            GROUP BY 1""",
            {
                "letters": letters,
                "kecamatan": list(quotas),
                "quotas": list(quotas.values()),
                "quantity": quantity,
            },
        )
        return dict(cursor.fetchall())


def reached(quotas: dict[int, int]) -> dict[int, str]:
    """By kecamatan the last queue number that so many blanks serve, or nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT k, coalesce(CASE WHEN n > 0 THEN blanks_reached(k, n) END, '')"
            " FROM unnest(%s::smallint[], %s::bigint[]) x (k, n)",
            [list(quotas), list(quotas.values())],
        )
        return dict(cursor.fetchall())
