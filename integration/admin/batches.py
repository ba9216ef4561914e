"""Batches: the history of imports, and the addresses of import, preview and export."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from import_export.admin import ImportMixin
from import_export.fields import Field

from staff.admin.base import Choice, OwnPage, StaffAdmin
from tracking.admin.exports import Exported, Rows, moment
from tracking.queries.timeline import names

from ..models import Batch, Source
from . import page
from .front import troubled
from .upload import upload


class ByState(Choice):
    title = _("keadaan")
    parameter_name = "keadaan"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("bermasalah", _("Bermasalah, 7 hari terakhir")), *Batch.State.choices]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "bermasalah":
            return queryset.filter(troubled())
        return queryset.filter(state=self.value()) if self.value() else queryset


class BySource(Choice):
    title = _("sumber")
    parameter_name = "sumber"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [(source.slug, str(source)) for source in Source.objects.all()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(source__slug=self.value()) if self.value() else queryset


class BatchResource(Rows):
    """A batch as a row; nothing in it is personal."""

    number = Field("pk", _("Kiriman"))
    source = Field("source", _("Sumber"))
    who = Field("who", _("Oleh"))
    created_at = Field(column_name=_("Diterima"), dehydrate_method=lambda batch: moment(batch.created_at))
    finished_at = Field(column_name=_("Selesai"), dehydrate_method=lambda batch: moment(batch.finished_at))
    state = Field("get_state_display", _("Keadaan"))
    files = Field(column_name=_("Berkas"), dehydrate_method=lambda batch: ", ".join(batch.files))
    read = Field("read", _("Dibaca"))
    created = Field("created", _("Baru"))
    updated = Field("updated", _("Berubah"))
    unchanged = Field("unchanged", _("Tetap"))
    stale = Field("stale", _("Kedaluwarsa"))
    rejected = Field("rejected", _("Ditolak"))


@admin.register(Batch)
class BatchAdmin(ImportMixin, Exported, OwnPage, StaffAdmin):  # type: ignore[misc]
    """django-import-export's buttons and addresses; underneath, the one intake instead of its rows."""

    list_display = (
        *("number", "source", "who", "created_at", "state"),
        *("read", "created", "updated", "unchanged", "stale", "rejected"),
    )
    list_display_links = ("number",)
    list_filter = (ByState, BySource)
    list_select_related = ("source",)
    import_export_change_list_template = "admin/import_export/change_list_import_export.html"
    resource_class = BatchResource
    about_people = False

    def has_import_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("integration.add_batch")

    def about_to_show(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        self.complete_for_export(rows)
        for batch in rows:
            batch.who = batch.who.partition(" (")[0]  # the role is on the batch's page

    def complete_for_export(self, rows: Sequence[Any]) -> None:
        people = names({batch.actor for batch in rows})
        for batch in rows:
            batch.who = people[batch.actor]

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        ours = [
            path("import/", wrap(upload), name="integration_batch_import"),
            path("<int:batch_id>/terapkan/", wrap(page.confirm), name="integration_batch_confirm"),
            path("<int:batch_id>/batalkan/", wrap(page.withdraw), name="integration_batch_withdraw"),
            path("<int:batch_id>/ditolak/", wrap(page.rejects), name="integration_batch_rejects"),
        ]
        return [*ours, *super(ImportMixin, self).get_urls()]  # without the library's own import

    def page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return page.page(request, object_id)

    @admin.display(description=_("kiriman"))
    def number(self, batch: Batch) -> str:
        return f"#{batch.pk}"

    @admin.display(description=_("oleh"))
    def who(self, batch: Any) -> str:
        return str(batch.who)
