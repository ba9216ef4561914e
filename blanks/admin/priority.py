"""Served before their turn: offered to a supervisor on the card's page, told in its history, and listed."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from staff.access import Action, looked
from staff.admin.base import Choice, StaffAdmin
from staff.models import User
from tracking.admin.blocks import OnItsCard
from tracking.admin.deeds import NO_NIK, Deed, State, register
from tracking.models import Ticket
from tracking.queries.timeline import Entry, also, names
from tracking.stages import Stage

from ..actions.priority import serve_first
from ..ledger import Category
from ..models import Priority


class ServeFirst(Deed):
    """The only way past the queue."""

    verb = "dahulukan"
    label, button = gettext_lazy("Dahulukan (pengecualian)"), gettext_lazy("Dahulukan dan umumkan")
    done = gettext_lazy("Kartu didahulukan. Pengecualiannya akan diumumkan.")
    hint = gettext_lazy(
        "Akan diumumkan: nomor antreannya ditandai pengecualian, dan golongannya dihitung per minggu untuk seluruh kota. "
        "Alasannya tidak diumumkan."
    )
    weighty = True

    def may(self, user: User) -> bool:
        return user.has_perm("blanks.add_priority")

    def offered(self, state: State) -> bool:
        waits = state.card.stage == Stage.WAITING_FOR_BLANK
        return waits and not Priority.objects.filter(card_id=state.card.pk, ended_at__isnull=True).exists()

    def form(self, state: State, data: Any = None) -> forms.Form:
        category = forms.ChoiceField(label=_("Golongan"), choices=[("", "—"), *Category.choices])
        why = forms.CharField(
            label=_("Alasan"),
            max_length=300,
            min_length=5,
            validators=[NO_NIK],
            widget=forms.Textarea(attrs={"rows": 2}),
        )
        kind = type("ServeFirstForm", (forms.Form,), {"category": category, "why": why})
        form: forms.Form = kind(data, auto_id="dahulukan-%s")
        return form

    def do(self, state: State, data: dict[str, Any]) -> None:
        serve_first(state.card.pk, by=state.user, category=data["category"], why=data["why"])


register(ServeFirst())


@also
def exceptions_of(card_id: int) -> Iterable[Entry]:
    """For the history of a card."""
    known = list(Priority.objects.filter(card_id=card_id))
    who = names({one.actor for one in known})
    for one in known:
        what = _("Didahulukan: %(category)s") % {"category": one.get_category_display()}
        yield Entry(one.at, "step", what, who[one.actor], "admin", one.why)


class Ended(Choice):
    title = gettext_lazy("keadaan")
    parameter_name = "keadaan"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("berlaku", _("Masih berlaku")), ("berakhir", _("Sudah dicetak atau dibatalkan"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(ended_at__isnull=self.value() == "berlaku") if self.value() else queryset


class ByCategory(Choice):
    title = gettext_lazy("golongan")
    parameter_name = "golongan"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return Category.choices

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(category=self.value()) if self.value() else queryset


@admin.register(Priority)
class PriorityAdmin(OnItsCard, StaffAdmin):
    """All exceptions there ever were; a new one is made on the card's page."""

    list_display = ("at", "card", "number", "category", "why", "who", "ended_at")
    list_display_links = None
    list_filter = (Ended, ByCategory)
    change_list_template = "blanks/priorities.html"

    def about_to_show(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        user: Any = request.user
        looked(user, Action.LIST, [one.card_id for one in rows], source="exceptions")
        people = names({one.actor for one in rows})
        tickets = Ticket.objects.select_related("kecamatan").in_bulk([one.card_id for one in rows])
        for one in rows:
            one.who, one.ticket = people[one.actor], tickets.get(one.card_id)

    @admin.display(description=gettext_lazy("antrean"))
    def number(self, one: Any) -> str:
        return f"{one.ticket} {one.ticket.kecamatan}" if one.ticket else "–"

    @admin.display(description=gettext_lazy("oleh"))
    def who(self, one: Any) -> str:
        return str(one.who)
