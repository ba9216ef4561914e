"""Exports of staff lists on top of django-import-export: streamed, scoped as the list is, and on record.

The library's resource says the columns; its own export would hold every row in memory.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import TextChoices
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from import_export import resources
from import_export.admin import ExportMixin
from import_export.fields import Field

from staff.access import Action, looked

from ..models import Card, Kelurahan
from ..spreadsheets import csv_answer, csv_line, harmless
from ..stages import Kind, Stage
from .deeds import NO_NIK

AT_ONCE = 2_000  # rows of one query, and of one entry in the access log
_FILTERS_SHOWN = 80  # characters; with the reason and the count they fit the entry


class WhyForm(forms.Form):
    """Why somebody takes rows away."""

    reason = forms.CharField(
        label=_("Alasan mengekspor"),
        max_length=80,
        help_text=_("Misalnya laporan bulanan, permintaan kecamatan. Dicatat bersama nama Anda."),
        validators=[NO_NIK],
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="ekspor-%s")

    def clean(self) -> None:
        forget_refused(self, "reason")


def forget_refused(form: forms.Form, name: str) -> None:
    """What was refused, perhaps because it holds a NIK, is not shown again."""
    if name in form.errors:
        form.data = {**form.data.dict(), name: ""}  # type: ignore[attr-defined,assignment]


class Exported(ExportMixin):  # type: ignore[misc]
    """Mixed into a StaffAdmin before it: an export of the list as it is filtered."""

    about_people = True  # the look at each row's card is on record, not only that there was an export
    resource_class: Any = None
    export_reads: tuple[str, ...] = ()  # fields that the columns need; nothing else leaves the database

    def has_export_permission(self, request: HttpRequest) -> bool:
        allowed: bool = self.has_view_permission(request)
        return allowed

    def complete_for_export(self, rows: Sequence[Any]) -> None:
        """Give some rows what their columns need besides themselves."""

    def export_action(self, request: HttpRequest) -> HttpResponseBase:
        """Ask why, then stream."""
        if not self.has_export_permission(request):
            raise PermissionDenied
        self._keep_known_parameters(request)
        rows = self.get_export_queryset(request)
        if self.export_reads:
            rows = rows.only(*self.export_reads)
        filters = self._filters(request)
        form = WhyForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            return self._stream(request, rows, filters, form.cleaned_data["reason"])
        context = {
            **self.admin_site.each_context(request),
            "title": _("Ekspor %(what)s") % {"what": self.opts.verbose_name_plural},
            "opts": self.opts,
            "form": form,
            "filters": filters,
            "columns": self.resource_class().get_export_headers(),
        }
        return TemplateResponse(request, "staff/export.html", context, status=422 if form.errors else 200)

    def _stream(self, request: HttpRequest, rows: Any, filters: str, reason: str) -> StreamingHttpResponse:
        still_busy = request.META.get("ektp.still_busy", lambda: None)
        lines = self._lines(request, rows, f"{reason} · {filters[:_FILTERS_SHOWN]}", still_busy)
        return csv_answer(lines, f"{self.opts.model_name}-{timezone.localdate():%Y-%m-%d}.csv")

    def _lines(self, request: HttpRequest, rows: Any, why: str, still_busy: Any) -> Iterator[str]:
        resource = self.resource_class()
        yield csv_line(map(harmless, resource.get_export_headers()))
        done = 0
        for some in pieces(rows):
            self.complete_for_export(some)
            self._record(request, some, f"{why} · {done + 1}–{done + len(some)}")
            done += len(some)
            still_busy()
            yield "".join(csv_line(map(_cell, resource.export_resource(row))) for row in some)
        if not done:
            self._record(request, (), f"{why} · 0")

    def _record(self, request: HttpRequest, rows: Sequence[Any], why: str) -> None:
        """Before they leave: who, which rows, why, with what filter, and how many so far."""
        user: Any = request.user
        ids = [row.pk for row in rows] if self.about_people else []
        looked(user, Action.EXPORT, ids, source=f"{self.opts.model_name} export", reason=why)

    def _filters(self, request: HttpRequest) -> str:
        """The list's filters in words."""
        chosen = []
        for kind in self.get_list_filter(request):
            found = kind(request, dict(request.GET.lists()), self.model, self)
            if found.value():
                label = {str(key): label for key, label in found.lookup_choices}[found.value()]
                chosen.append(f"{found.title}: {label}")
        return ", ".join(chosen) or str(_("tanpa saringan"))


def pieces(rows: Any) -> Iterator[list[Any]]:
    """All rows, newest first, some at once: no long transaction, no cursor, the same behind a pooler."""
    some = list(rows.order_by("-pk")[:AT_ONCE])
    while some:
        yield some
        if len(some) < AT_ONCE:
            return
        some = list(rows.filter(pk__lt=some[-1].pk).order_by("-pk")[:AT_ONCE])


def moment(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""


def _cell(value: Any) -> str:
    return harmless("" if value is None else str(value))


class Labelled(Field):  # type: ignore[misc]
    """A column of choices, as people call them."""

    def __init__(self, attribute: str, column_name: Any, choices: type[TextChoices]) -> None:
        super().__init__(attribute, column_name)
        self.choices = choices

    def reader(self) -> Callable[[Any], str]:
        # once an export: Django's get_…_display translates every choice for every row
        words = {value: str(label) for value, label in self.choices.choices}
        return lambda row: words.get(getattr(row, self.attribute), "")


class Rows(resources.Resource):  # type: ignore[misc]
    """A resource that looks up how each column is read once, not once a row."""

    def export_resource(self, instance: Any, selected_fields: Any = None, **kwargs: Any) -> list[Any]:
        return [read(instance) for read in self._readers]

    @cached_property
    def _readers(self) -> list[Callable[[Any], Any]]:
        return [_reader(field) for field in self.get_export_fields()]


def _reader(field: Any) -> Callable[[Any], Any]:
    if isinstance(field, Labelled):
        return field.reader()
    read: Callable[[Any], Any] = field.dehydrate_method or field.get_value
    return read


class CardResource(Rows):
    """A card as a row: never a NIK, an address or a phone number."""

    number = Field("pk", _("Kartu"))
    name = Field("citizen__name", _("Nama"))
    place = Field("where", _("Kecamatan"))
    kelurahan = Field("kelurahan", _("Kelurahan"))
    stage = Labelled("stage", _("Tahap"), Stage)
    since = Field(column_name=_("Sejak"), dehydrate_method=lambda card: moment(card.since))
    code = Field("code", _("Kode pusat"))
    kind = Labelled("kind", _("Jenis"), Kind)
    requested_at = Field(column_name=_("Permohonan"), dehydrate_method=lambda card: moment(card.requested_at))
    # the ticket is set by `complete_for_export`, as are place and kelurahan
    ticket = Field(column_name=_("Antrean"), dehydrate_method=lambda card: str(card.ticket or ""))
    blocked = Field(column_name=_("Diblokir"), dehydrate_method=lambda card: _yes(card.blocked))
    outside = Field(column_name=_("Di luar buku"), dehydrate_method=lambda card: _yes(card.outside_ledger))


CARD_READS = (
    *("stage", "since", "code", "kind", "requested_at", "blocked", "outside_ledger", "place"),
    *("citizen__name", "citizen__kelurahan"),
)


def kelurahan_of(cards: Iterable[Card]) -> None:
    """Give each card the name of its citizen's kelurahan."""
    names = dict(Kelurahan.objects.values_list("id", "name"))
    for card in cards:
        card.kelurahan = names.get(card.citizen.kelurahan_id, "")  # type: ignore[attr-defined]


def _yes(value: bool) -> str:
    return str(_("ya")) if value else ""
