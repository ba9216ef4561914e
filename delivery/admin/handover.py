"""Hand-overs: their list, and the page of one: release by a code, withdrawal, missing cards, the record."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blanks.admin.printing import ByKecamatan as OfKecamatan
from staff.access import Action, looked
from staff.admin.base import Choice, OwnPage, StaffAdmin
from staff.models import User
from staff.roles import Role
from staff.typed import number_in
from tracking.queries.timeline import names
from tracking.refusals import Refused

from ..actions.receive import settle
from ..actions.release import release, renew_code, withdraw
from ..handovers import Leg, Outcome, Settled, State
from ..models import Handover
from ..papers.bast import bast
from ..queries import handovers as queries
from .frame import asked_by, away, page

LISTED = 1000


class OfficerForm(forms.Form):
    """Who of the kecamatan collects."""

    officer = forms.ModelChoiceField(
        label=gettext_lazy("Penjemput"),
        queryset=User.objects.none(),
        empty_label=gettext_lazy("Pilih petugas"),
        error_messages={
            "required": gettext_lazy("Pilih petugas yang menjemput."),
            "invalid_choice": gettext_lazy("Pilih petugas dari daftar."),
        },
    )

    def __init__(self, made: Handover, data: Any = None) -> None:
        super().__init__(data, auto_id="lepas-%s")
        field: Any = self.fields["officer"]
        field.queryset = User.objects.filter(
            is_active=True, kecamatan_id=made.to_kecamatan_id, groups__name=Role.KECAMATAN
        ).order_by("first_name", "username")


class ByState(Choice):
    title = gettext_lazy("keadaan")
    parameter_name = "keadaan"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [*State.choices, ("missing", _("Ada kartu hilang"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "missing":
            return queryset.filter(pk__in=queries.missing(None).values("handover"))
        return queryset.filter(state=self.value()) if self.value() else queryset


class ByKecamatan(OfKecamatan):
    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(to_kecamatan__slug=self.value()) if self.value() else queryset


@admin.register(Handover)
class HandoverAdmin(OwnPage, StaffAdmin):
    """All hand-overs of the city."""

    list_display = ("name", "leg", "destination", "state", "size", "at", "who")
    list_display_links = ("name",)
    list_filter = (ByState, ByKecamatan)
    list_select_related = ("to_kecamatan", "to_kelurahan")

    def get_queryset(self, request: HttpRequest) -> Any:
        return queries.with_counts(super().get_queryset(request))

    def about_to_show(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        people = names({one.actor for one in rows})
        for one in rows:
            one.who = people[one.actor].partition(" (")[0]

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        ours: tuple[tuple[str, Callable[..., HttpResponse], str], ...] = (
            ("lepas/", released, "release"),
            ("kode/", renewed, "renew"),
            ("batal/", withdrawn, "withdraw"),
            ("hilang/", settled, "settle"),
            ("bast.pdf", record, "record"),
            ("kartu/", where, "where"),
        )
        pages = [
            path(f"<int:key>/{way}", wrap(view), name=f"delivery_handover_{name}") for way, view, name in ours
        ]
        return [*pages, *super().get_urls()]

    def page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return _shown(request, number_in(object_id) or 0)

    @admin.display(description=gettext_lazy("serah terima"))
    def name(self, one: Handover) -> str:
        return one.number or f"#{one.pk}"

    @admin.display(description=gettext_lazy("tujuan"))
    def destination(self, one: Handover) -> str:
        return one.destination

    @admin.display(description=gettext_lazy("kartu"))
    def size(self, one: Any) -> str:
        return str(one.size)

    @admin.display(description=gettext_lazy("oleh"))
    def who(self, one: Any) -> str:
        return str(one.who)


def _the(key: int) -> Any:
    found = queries.with_counts(Handover.objects.filter(pk=key)).first()
    if found is None:
        raise Http404
    return found


def _shown(request: HttpRequest, key: int, *, status: int = 200, **told: Any) -> HttpResponse:
    user = asked_by(request, "view_handover")
    made = _the(key)
    ours = made.from_kecamatan_id is None and user.has_perm("delivery.change_handover")
    lines = queries.lines(made.pk, most=LISTED)
    looked(user, Action.LIST, [line.card_id for line in lines], source="handover")
    people = names({made.actor, made.released_by, made.ended_by} - {""})
    return page(
        request,
        "handover.html",
        str(made),
        status=status,
        made=made,
        lines=lines,
        missing=[line for line in lines if line.outcome == Outcome.MISSING],
        packed_by=people[made.actor],
        released_by=people.get(made.released_by, ""),
        may_release=ours and made.state == State.CALLED,
        may_renew=ours and made.state == State.RELEASED and made.taken_at is None,
        may_withdraw=ours and made.state in (State.CALLED, State.RELEASED) and made.taken_at is None,
        may_settle=ours,
        may_lose=user.has_perm("delivery.change_handovercard"),
        **{"form": OfficerForm(made), **told},
    )


def _written(
    request: HttpRequest, key: int, write: Callable[[Handover, User], HttpResponse | None]
) -> HttpResponse:
    """A POST that changes a hand-over of Disdukcapil; a refusal is said on its page."""
    user = asked_by(request, "change_handover")
    made = _the(key)
    if request.method != "POST" or made.leg != Leg.TO_KECAMATAN:
        return away("delivery_handover_change", made.pk)
    try:
        answer = write(made, user)
    except Refused as refused:
        return _shown(request, key, status=422, error=str(refused))
    return answer or away("delivery_handover_change", made.pk)


def released(request: HttpRequest, key: int) -> HttpResponse:
    """Release to an officer, all of it or the chosen lines; the code is shown once, here."""

    def write(made: Handover, user: User) -> HttpResponse:
        form = OfficerForm(made, request.POST)
        if not form.is_valid():
            return _shown(request, key, status=422, form=form)
        chosen = None
        if "sebagian" in request.POST:
            lines = [number_in(text, 8) for text in request.POST.getlist("line")]
            chosen = [line for line in lines if line is not None]
        done = release(made.pk, by=user, officer=form.cleaned_data["officer"], lines=chosen)
        return _shown(request, key, code=done.code)

    return _written(request, key, write)


def renewed(request: HttpRequest, key: int) -> HttpResponse:
    """Another code, or another officer, before the cards are collected."""

    def write(made: Handover, user: User) -> HttpResponse:
        form = OfficerForm(made, request.POST)
        if not form.is_valid():
            return _shown(request, key, status=422, form=form)
        done = renew_code(made.pk, by=user, officer=form.cleaned_data["officer"])
        return _shown(request, key, code=done.code)

    return _written(request, key, write)


def withdrawn(request: HttpRequest, key: int) -> HttpResponse:
    """Take back what nobody has collected."""

    def write(made: Handover, user: User) -> None:
        withdraw(made.pk, by=user)
        messages.success(request, _("Serah terima dibatalkan; kartunya tetap di Disdukcapil."))

    return _written(request, key, write)


def settled(request: HttpRequest, key: int) -> HttpResponse:
    """What became of a missing card: found here, or lost (a supervisor)."""
    how = {"ditemukan": Settled.FOUND, "hilang": Settled.LOST}

    def write(made: Handover, user: User) -> None:
        for name, what in how.items():
            line = number_in(request.POST.get(name), 8)
            if line is not None:
                settle(made.pk, line, what, by=user, source="admin")
                messages.success(request, _("Kartu hilang diselesaikan: %(how)s.") % {"how": what.label})

    return _written(request, key, write)


def record(request: HttpRequest, key: int) -> HttpResponse:
    """The BAST as PDF. For whoever sees hand-overs."""
    asked_by(request, "view_handover")
    made = _the(key)
    if made.state != State.CLOSED:
        raise Http404
    answer = HttpResponse(bast(made), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="bast-{made.pk}.pdf"'
    answer["Cache-Control"] = "no-store"
    return answer


def where(request: HttpRequest, key: int) -> HttpResponse:
    """Where every card of a hand-over is now. For whoever sees hand-overs."""
    asked_by(request, "view_handover")
    made = _the(key)
    return page(
        request, "where.html", _("Di mana kartunya sekarang?"), made=made, rows=queries.where_now(made.pk)
    )
