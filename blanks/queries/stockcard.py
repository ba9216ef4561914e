"""The stock card of an account: opening balance, each movement, closing balance."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from ..models import Account

AT_ONCE = 2000


class Period(NamedTuple):
    """Whole days, first and last included."""

    first: date
    last: date

    @property
    def begins(self) -> datetime:
        return _midnight(self.first)

    @property
    def ends(self) -> datetime:
        return _midnight(self.last + timedelta(days=1))


class Totals(NamedTuple):
    """The frame of a stock card, from one reading of the ledger."""

    opening: int
    came: int
    went: int

    @property
    def closing(self) -> int:
        return self.opening + self.came - self.went


class Row(NamedTuple):
    """A movement as the account sees it; `balance` is what there was after it."""

    id: int
    at: datetime
    cause: str
    other_id: int
    came: int
    went: int
    document_id: int | None
    document: str
    batch_id: int | None
    reason: str
    actor: str
    balance: int


def totals(account: Account, period: Period) -> Totals:
    """Counted back from the balance of now, so that the last months cost least."""
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS, {"account": account.pk, "begins": period.begins, "ends": period.ends})
        balance, came_since, went_since, came, went = map(int, cursor.fetchone())
    return Totals(balance - came_since + went_since, came, went)


# One statement is one moment: balance and movements agree whoever commits meanwhile.
_TOTALS = """
SELECT a.balance, i.since, o.since, i.within, o.within
FROM blanks_account a,
    (SELECT coalesce(sum(quantity), 0) AS since, coalesce(sum(quantity) FILTER (WHERE at < %(ends)s), 0) AS within
     FROM blanks_movement WHERE to_account_id = %(account)s AND at >= %(begins)s) i,
    (SELECT coalesce(sum(quantity), 0) AS since, coalesce(sum(quantity) FILTER (WHERE at < %(ends)s), 0) AS within
     FROM blanks_movement WHERE from_account_id = %(account)s AND at >= %(begins)s) o
WHERE a.id = %(account)s
"""


def rows(account: Account, period: Period, balance: int, after: int = 0, most: int = AT_ONCE) -> list[Row]:
    """The next movements after one (by its number), with `balance` what there was before them."""
    with connection.cursor() as cursor:
        cursor.execute(
            _ROWS,
            {
                "account": account.pk,
                "begins": period.begins,
                "ends": period.ends,
                "after": after,
                "most": most,
            },
        )
        found = []
        for row in cursor.fetchall():
            came, went = row[4], row[5]
            balance += came - went
            found.append(Row._make((*row, balance)))
    return found


_ROWS = """
SELECT m.id, m.at, m.cause,
       CASE WHEN m.to_account_id = %(account)s THEN m.from_account_id ELSE m.to_account_id END,
       CASE WHEN m.to_account_id = %(account)s THEN m.quantity ELSE 0 END,
       CASE WHEN m.to_account_id = %(account)s THEN 0 ELSE m.quantity END,
       m.document_id, coalesce(d.number, ''), m.batch_id, m.reason, m.actor
FROM (
    (SELECT * FROM blanks_movement
     WHERE to_account_id = %(account)s AND at >= %(begins)s AND at < %(ends)s AND id > %(after)s ORDER BY id LIMIT %(most)s)
    UNION ALL
    (SELECT * FROM blanks_movement
     WHERE from_account_id = %(account)s AND at >= %(begins)s AND at < %(ends)s AND id > %(after)s ORDER BY id LIMIT %(most)s)
) m LEFT JOIN blanks_document d ON d.id = m.document_id
ORDER BY m.id LIMIT %(most)s
"""


def before(account: Account, period: Period, opening: int, after: int) -> int:
    """What there was after a movement of the period (by its number): where a later page begins."""
    if not after:
        return opening
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT coalesce(sum(CASE WHEN to_account_id = %(account)s THEN quantity ELSE -quantity END), 0)
            FROM blanks_movement WHERE %(account)s IN (to_account_id, from_account_id)
            AND at >= %(begins)s AND at < %(ends)s AND id <= %(after)s""",
            {"account": account.pk, "begins": period.begins, "ends": period.ends, "after": after},
        )
        return opening + int(cursor.fetchone()[0])


def all_rows(account: Account, period: Period, opening: int) -> Iterator[list[Row]]:
    """Every movement, some at once: no cursor, the same behind a pooler."""
    balance, after = opening, 0
    while some := rows(account, period, balance, after):
        yield some
        balance, after = some[-1].balance, some[-1].id


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
