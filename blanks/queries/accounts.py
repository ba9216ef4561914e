"""Where blanks are now: the accounts with their balances, and when each was last counted."""

from datetime import datetime
from typing import NamedTuple

from ..ledger import ACCOUNT, DocumentKind, Place
from ..models import Account, Document


class Balances(NamedTuple):
    """All accounts in order; the sum is zero, and shown so that anybody sees it."""

    own: list[Account]  # store, cards, spoiled, lost, sent back, destroyed
    quotas: list[Account]
    supplier: Account

    @property
    def in_quotas(self) -> int:
        return sum(account.balance for account in self.quotas)

    @property
    def received(self) -> int:
        """All that ever came, net of what was short."""
        return -self.supplier.balance

    @property
    def sum(self) -> int:
        return self.supplier.balance + self.in_quotas + sum(account.balance for account in self.own)


def balances() -> Balances:
    """All of them, read in one statement."""
    accounts = list(Account.objects.select_related("kecamatan"))
    return Balances(
        own=[a for a in accounts if a.place not in (Place.SUPPLIER, Place.QUOTA)],
        quotas=sorted(
            (a for a in accounts if a.place == Place.QUOTA),
            key=lambda a: a.kecamatan.code if a.kecamatan else "",
        ),
        supplier=next(a for a in accounts if a.place == Place.SUPPLIER),
    )


def balance_of(place: Place) -> int:
    return Account.objects.get(pk=ACCOUNT[place]).balance


def last_count() -> datetime | None:
    """When stock was last counted."""
    return (
        Document.objects.filter(kind=DocumentKind.COUNT).order_by("-id").values_list("at", flat=True).first()
    )


def blanks_came() -> bool:
    """Whether any blank was ever in the city's hands."""
    return balance_of(Place.SUPPLIER) != 0
