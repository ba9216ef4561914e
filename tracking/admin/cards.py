"""Cards: the list, and the addresses of search, page and actions."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from staff.access import Action, looked
from staff.admin.base import OwnPage, StaffAdmin

from ..models import Card, Kecamatan
from ..queries import staff as queries
from . import exports, filters, page, search


@admin.register(Card)
class CardAdmin(exports.Exported, OwnPage, StaffAdmin):
    """No form: a stage changes through the actions of the card's page alone."""

    list_display = ("number", "name", "stage", "kind", "ticket", "where", "since", "barred")
    list_display_links = ("number", "name")
    list_filter = (
        filters.ByStage,
        filters.ByKecamatan,
        filters.ByKind,
        filters.Blocked,
        filters.OutsideLedger,
    )
    list_select_related = ("citizen",)
    change_list_template = "staff/cards.html"
    resource_class = exports.CardResource
    export_reads = exports.CARD_READS

    def get_queryset(self, request: HttpRequest) -> Any:
        user: Any = request.user
        return queries.visible_to(user)

    def about_to_show(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        user: Any = request.user
        looked(user, Action.LIST, [card.pk for card in rows], source="cards")
        self.complete(rows)

    def complete(self, cards: Sequence[Any]) -> None:
        """Give each card of a list its ticket and the name of its place."""
        names = dict(Kecamatan.objects.values_list("id", "name"))
        for card in queries.with_tickets(cards):
            card.where = names.get(card.place, "")  # type: ignore[attr-defined]

    def complete_for_export(self, rows: Sequence[Any]) -> None:
        self.complete(rows)
        exports.kelurahan_of(rows)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("cari/", wrap(search.search), name="tracking_card_search"),
            path("hasil/<str:key>/", wrap(search.results), name="tracking_card_results"),
            path("<int:card_id>/nik/", wrap(page.reveal), name="tracking_card_reveal"),
            path("<int:card_id>/tindakan/<slug:verb>/", wrap(page.act), name="tracking_card_act"),
            *super().get_urls(),
        ]

    def page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return page.page(request, object_id)

    @admin.display(description=_("kartu"))
    def number(self, card: Card) -> str:
        return str(card.pk)

    @admin.display(description=_("nama"))
    def name(self, card: Card) -> str:
        return card.citizen.name

    @admin.display(description=_("antrean"), empty_value="–")
    def ticket(self, card: Any) -> Any:
        return card.ticket

    @admin.display(description=_("kecamatan"))
    def where(self, card: Any) -> str:
        return str(card.where)

    @admin.display(description=_("blokir"))
    def barred(self, card: Card) -> str:
        return str(_("Diblokir")) if card.blocked else ""
