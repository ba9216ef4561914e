"""Blocks as a list of work: each is lifted on its card's page."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from staff.access import Action, looked
from staff.admin.base import Choice, ReadOnly, StaffAdmin

from ..models import Block
from ..queries import staff as queries
from ..queries.timeline import names
from ..stages import BlockReason


class Lifted(Choice):
    """Open blocks unless asked for others."""

    title = _("keadaan")
    parameter_name = "keadaan"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("dicabut", _("Dicabut"))]

    def choices(self, changelist: Any) -> Any:
        first, *rest = super().choices(changelist)
        return [{**first, "display": _("Belum dicabut")}, *rest]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(lifted_at__isnull=not self.value())


class ByReason(Choice):
    title = _("sebab")
    parameter_name = "sebab"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return BlockReason.choices

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(reason=self.value()) if self.value() else queryset


@admin.register(Block)
class BlockAdmin(ReadOnly, StaffAdmin):
    list_display = ("at", "card", "reason", "who", "source", "lifted_at", "lift_reason")
    list_display_links = None
    list_filter = (Lifted, ByReason)

    def get_queryset(self, request: HttpRequest) -> Any:
        user: Any = request.user
        return queries.blocks_visible_to(user)

    def about_to_show(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        user: Any = request.user
        looked(user, Action.LIST, [block.card_id for block in rows], source="blocks")
        people = names({block.actor for block in rows})
        for block in rows:
            block.who = people[block.actor]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """A block is read and lifted on the page of its card."""
        block = self.get_object(request, object_id)
        where = "admin:tracking_block_changelist" if block is None else "admin:tracking_card_change"
        return HttpResponseRedirect(reverse(where, args=[block.card_id] if block else []))

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> Any:
        return self.change_view(request, object_id)

    @admin.display(description=_("kartu"))
    def card(self, block: Block) -> str:
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:tracking_card_change", args=[block.card_id]), block.card_id
        )

    @admin.display(description=_("oleh"))
    def who(self, block: Any) -> str:
        return str(block.who)
