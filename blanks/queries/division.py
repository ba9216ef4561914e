"""Divisions that were made, with all that each was computed from."""

from typing import Any, NamedTuple

from django.db.models import QuerySet

from ..division import Strategy, largest_remainder
from ..ledger import QUOTAS, DocumentKind, Place
from ..models import Account, Document


class Given(NamedTuple):
    """What one kecamatan had, needed, was to get and got."""

    name: str
    waiting: int
    blocked: int | None
    quota: int
    need: int
    exact: float
    gets: int
    given: int
    reaches: str

    @property
    def quota_after(self) -> int:
        return self.quota + self.given

    @property
    def changed(self) -> bool:
        return self.given != self.gets


def divisions() -> QuerySet[Document]:
    """Divisions and what was taken back, newest first."""
    return Document.objects.filter(kind__in=(DocumentKind.DIVISION, DocumentKind.RETURN)).order_by("-id")


def rows(basis: dict[str, Any]) -> list[Given]:
    """A division as it was decided."""
    return [
        Given(
            share["name"],
            share["waiting"],
            share.get("blocked"),
            share["quota"],
            share["need"],
            share["exact"],
            share["gets"],
            share["given"],
            share["reaches"],
        )
        for share in basis["shares"]
    ]


def recomputes(basis: dict[str, Any]) -> bool | None:
    """Whether the kept need gives the kept shares again; None for a division by age, which needs the requests too."""
    if basis["strategy"] != Strategy.PROPORTIONAL:
        return None
    need = {share["slug"]: share["need"] for share in basis["shares"]}
    return largest_remainder(basis["quantity"], need) == {
        share["slug"]: share["gets"] for share in basis["shares"]
    }


class Quota(NamedTuple):
    """The quota of a kecamatan, as a choice of what can be taken back."""

    kecamatan_id: int
    name: str
    balance: int


def quotas() -> list[Quota]:
    accounts = (
        Account.objects.filter(place=Place.QUOTA).select_related("kecamatan").order_by("kecamatan__code")
    )
    return [Quota(a.pk - QUOTAS, str(a.kecamatan), a.balance) for a in accounts]
