"""Selisih dengan pusat: what the centre or a sender says and what our ledger says, side by side, as work."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Min
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from staff.access import Action, looked
from staff.models import User
from staff.scope import scope_of
from staff.site import Work, site
from tracking.admin.exports import moment
from tracking.models import Block, Card, Kecamatan
from tracking.spreadsheets import csv_answer, csv_line, harmless
from tracking.stages import BlockReason, Stage

from ..models import Difference

OTHER_KECAMATAN = "other_kecamatan"
KINDS = {
    str(BlockReason.PRINTED_ELSEWHERE): gettext_lazy("Menurut pusat dicetak di tempat lain"),
    str(BlockReason.ALREADY_PRINTED): gettext_lazy("Dihentikan pusat, kartu sudah dicetak"),
    str(BlockReason.MOVED_AWAY): gettext_lazy("Pindah ke luar kota?"),
    OTHER_KECAMATAN: gettext_lazy("Satu orang di dua kecamatan"),
}
WAYS_OUT = {
    str(BlockReason.PRINTED_ELSEWHERE): gettext_lazy(
        "Tanyakan ke pusat di mana kartu itu. Ada: batalkan kartu kita (terbit di tempat lain). Tidak ada: cabut blokir."
    ),
    str(BlockReason.ALREADY_PRINTED): gettext_lazy(
        "Tahan kartunya di sini. Data benar: cabut blokir. Data ganda atau meninggal: batalkan kartunya."
    ),
    str(BlockReason.MOVED_AWAY): gettext_lazy(
        "Pastikan pindahnya. Pindah: batalkan kartu (pindah). Salah tulis: cabut blokir, minta pusat membetulkan."
    ),
    OTHER_KECAMATAN: gettext_lazy(
        "Pastikan tempat tinggalnya dengan kedua kecamatan, lalu pilih penyelesaiannya. Kartu tidak berubah oleh pilihan ini."
    ),
}
MOST = 200  # of a kind on the page; the export has all
_COLUMNS = (
    "selisih",
    "kartu",
    "kata_pusat",
    "tanggal_pusat",
    "sumber",
    "tahap_kita",
    "sejak",
    "kecamatan_kita",
    "diterima",
)


class Item(NamedTuple):
    """One card of which the two sides say different things."""

    kind: str
    card_id: int
    said: str
    said_since: datetime | None
    source: str
    stage: str
    since: datetime
    place: str
    at: datetime
    difference_id: int | None


def differences(request: HttpRequest) -> HttpResponse:
    """GET the work, by kind; for operators, supervisors and auditors."""
    user = _allowed(request)
    chosen = request.GET.get("jenis", "")
    kinds = [chosen] if chosen in KINDS else list(KINDS)
    groups = []
    for kind in kinds:
        items = list(_items(kind, MOST))
        looked(user, Action.LIST, [one.card_id for one in items], source="selisih dengan pusat")
        group = {
            "kind": kind,
            "label": KINDS[kind],
            "way": WAYS_OUT[kind],
            "items": items,
            "count": _open(kind).count(),
        }
        groups.append(group)
    context = {
        **admin.site.each_context(request),
        "title": _("Selisih dengan pusat"),
        "groups": groups,
        "ways": Difference.Settled.choices,
        "other": OTHER_KECAMATAN,
        "may_settle": user.has_perm("integration.change_difference"),
    }
    return TemplateResponse(request, "integration/differences.html", context)


@require_POST
def export(request: HttpRequest) -> HttpResponseBase:
    """All of it as CSV; on record, and so a deed."""
    user = _allowed(request)
    items = [one for kind in KINDS for one in _items(kind, None)]
    looked(user, Action.EXPORT, [one.card_id for one in items], source="selisih dengan pusat")
    return csv_answer(_lines(items), f"selisih-{timezone.localdate()}.csv")


@require_POST
def settle(request: HttpRequest, difference_id: int) -> HttpResponse:
    """End one of two kecamatan, once, with what was found."""
    user = _allowed(request)
    if not user.has_perm("integration.change_difference"):
        raise PermissionDenied
    found = request.POST.get("settled", "")
    if found in Difference.Settled.values:
        still = Difference.objects.filter(pk=difference_id, settled_at__isnull=True)
        if still.update(settled_at=timezone.now(), settled_by=user.actor, settled=found):
            messages.success(request, _("Selisih diselesaikan."))
    else:
        messages.warning(request, _("Pilih penyelesaiannya dulu."))
    return HttpResponseRedirect(
        f"{reverse('admin:integration_differences')}?jenis={OTHER_KECAMATAN}", status=303
    )


@site.waits
def waiting(user: User) -> Iterable[Work]:
    """Those of two kecamatan; the others are among the blocks already."""
    if not user.has_perm("integration.view_difference"):
        return
    rows = _open(OTHER_KECAMATAN)
    oldest = rows.aggregate(oldest=Min("at"))["oldest"]
    address = f"{reverse('admin:integration_differences')}?jenis={OTHER_KECAMATAN}"
    yield Work(str(KINDS[OTHER_KECAMATAN]), rows.count(), oldest, address)


def _allowed(request: HttpRequest) -> User:
    user: Any = request.user
    if not user.has_perm("integration.view_difference") or not scope_of(user).whole_city:
        raise PermissionDenied
    return user  # type: ignore[no-any-return]


def _open(kind: str) -> Any:
    if kind == OTHER_KECAMATAN:
        return Difference.objects.filter(settled_at__isnull=True)
    return Block.objects.filter(reason=kind, lifted_at__isnull=True)


def _items(kind: str, most: int | None) -> Iterator[Item]:
    """The oldest first."""
    rows = list(_open(kind).order_by("at", "pk")[:most])
    cards = Card.objects.in_bulk({row.card_id for row in rows})
    places = dict(Kecamatan.objects.values_list("id", "name"))
    for row in rows:
        card: Any = cards[row.card_id]
        if kind == OTHER_KECAMATAN:
            said = f"{row.code}, {places.get(row.kecamatan_id, row.kecamatan_id)}"
            since, source, number = row.since, row.source.slug, row.pk
        else:
            said, since, source, number = row.code or "", row.central_from, row.source, None
        stage, place = str(Stage(card.stage).label), places.get(card.place, "")
        yield Item(kind, card.pk, said, since, source, stage, card.since, place, row.at, number)


def _lines(items: Iterable[Item]) -> Iterator[str]:
    yield csv_line(_COLUMNS)
    for one in items:
        told = "" if one.said_since is None else moment(one.said_since)
        cells = (
            one.kind,
            one.card_id,
            one.said,
            told,
            one.source,
            one.stage,
            moment(one.since),
            one.place,
            moment(one.at),
        )
        yield csv_line([harmless(str(cell)) for cell in cells])


site.page("integration/selisih/", differences, "integration_differences")
site.page("integration/selisih/ekspor/", export, "integration_differences_export")
site.page("integration/selisih/<int:difference_id>/selesai/", settle, "integration_difference_settle")
