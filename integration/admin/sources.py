"""Where data comes from: a page of all sources, those in trouble first, and one of each."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from staff.admin.base import OwnPage, StaffAdmin
from staff.typed import number_in
from tracking.admin.deeds import NO_NIK

from .. import watching
from ..feed.reasons import Reason
from ..models import Batch, Source

_BATCHES = 20


class SourceForm(forms.ModelForm):  # type: ignore[type-arg]
    """What is expected of a source, and who answers for it."""

    class Meta:
        model = Source
        fields = ("name", "rhythm_hours", "contact")

    def __init__(self, data: Any, instance: Source) -> None:
        super().__init__(data, instance=instance, auto_id="sumber-%s")
        for name in ("name", "contact"):
            self.fields[name].validators.append(NO_NIK)  # type: ignore[attr-defined]


@admin.register(Source)
class SourceAdmin(OwnPage, StaffAdmin):
    """Whoever may see sources sees them all; a supervisor says what is expected."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self._page(request, "sources", _("Sumber data"), sources=watching.watched())

    def page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        source = self._source(request, object_id)
        may_change = request.user.has_perm("integration.change_source")
        form = SourceForm(request.POST or None, source) if may_change else None
        if request.method == "POST":
            if form is None:
                raise PermissionDenied
            if form.is_valid():
                form.save()
                messages.success(request, _("Tersimpan."))
                there = reverse("admin:integration_source_change", args=[source.pk])
                return HttpResponseRedirect(there, status=303)
        weeks, reasons = watching.reasons_by_week(source)
        return self._page(
            request,
            "source",
            str(Source.objects.get(pk=source.pk)),
            status=422 if form and form.errors else 200,
            source=source,
            one=next(one for one in watching.watched() if one.source.pk == source.pk),
            weeks=weeks,
            reasons=[(_label(code), counts) for code, counts in reasons],
            batches=Batch.objects.filter(source=source)[:_BATCHES],
            form=form,
        )

    def _source(self, request: HttpRequest, object_id: str) -> Source:
        source: Source | None = self.get_queryset(request).filter(pk=number_in(object_id) or 0).first()
        if source is None:
            raise Http404
        return source

    def _page(
        self, request: HttpRequest, page: str, title: str, status: int = 200, **context: Any
    ) -> TemplateResponse:
        context |= self.admin_site.each_context(request) | {"title": title, "opts": self.opts}
        return TemplateResponse(request, f"integration/{page}.html", context, status=status)


def _label(code: str) -> str:
    return Reason(code).label if code in set(Reason) else code
