"""A batch's page: progress while the worker is at it, then the preview, then what became of it."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from staff.access import Action, looked
from staff.typed import number_in
from tracking.queries.timeline import names
from tracking.spreadsheets import csv_answer

from .. import actions
from ..intake import rejects_of
from ..models import Batch
from . import preview

State = Batch.State


def page(request: HttpRequest, batch_id: str) -> HttpResponse:
    """What there is to say about the batch now. While it is worked on, the page looks again by itself."""
    user: Any = request.user
    batch = _batch(request, "view", batch_id)
    at_work = batch.state in (State.UPLOADED, State.CONFIRMED)
    context = {
        **admin.site.each_context(request),
        "title": _("Kiriman #%(n)s") % {"n": batch.pk},
        "opts": Batch._meta,
        "batch": batch,
        "who": names([batch.actor])[batch.actor],
        "at_work": at_work,
        "read_all": bool(batch.size) and batch.done >= batch.size,
        "own": batch.actor == user.actor,
        "may_import": user.has_perm("integration.add_batch"),
        "is_preview": batch.state == State.PREVIEWED,
        "summary": preview.summary(batch) if batch.read and not at_work else None,
    }
    return TemplateResponse(request, "admin/integration/batch.html", context)


@require_POST
def confirm(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Have applied what this person has seen, once, however often the button is pressed."""
    user: Any = request.user
    batch = _own(request, batch_id)
    if not actions.confirm(batch.pk, by=user, fingerprint=request.POST.get("fingerprint", "")):
        batch.refresh_from_db()
        if batch.state == State.PREVIEWED:
            messages.warning(
                request, _("Pratinjau ini sudah diganti yang baru. Periksa lagi, lalu terapkan.")
            )
        elif batch.state not in (State.CONFIRMED, State.APPLIED):
            messages.warning(request, _("Kiriman ini tidak menunggu persetujuan lagi."))
    return _back(batch.pk)


@require_POST
def withdraw(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Nothing of it is applied, and its files are gone."""
    user: Any = request.user
    batch = _own(request, batch_id)
    if actions.withdraw(batch.pk, by=user):
        messages.success(request, _("Kiriman dibatalkan; tidak ada yang berubah dan berkasnya dihapus."))
    else:
        batch.refresh_from_db()
        if batch.state != State.WITHDRAWN:
            messages.warning(request, _("Kiriman ini tidak dapat dibatalkan lagi."))
    return _back(batch.pk)


def rejects(request: HttpRequest, batch_id: int) -> StreamingHttpResponse:
    """The refused rows as they came in, with reason and message; on record, because NIKs are in them."""
    user: Any = request.user
    batch = _batch(request, "add", batch_id)
    if not batch.reject_chunks.exists():
        raise Http404
    looked(
        user,
        Action.EXPORT,
        [],
        source="batch rejects",
        reason=_("Baris ditolak dari kiriman #%(n)s: %(rejected)s baris")
        % {"n": batch.pk, "rejected": batch.rejected},
    )
    return csv_answer(rejects_of(batch), f"ditolak-{batch.pk}.csv")


def _batch(request: HttpRequest, right: str, batch_id: int | str) -> Batch:
    user: Any = request.user
    if not user.has_perm(f"integration.{right}_batch"):
        raise PermissionDenied
    model_admin: Any = admin.site.get_model_admin(Batch)
    batch: Batch | None = model_admin.get_queryset(request).filter(pk=number_in(str(batch_id)) or 0).first()
    if batch is None:
        raise Http404
    return batch


def _own(request: HttpRequest, batch_id: int) -> Batch:
    """The batch, if this person sent it and may still send any."""
    user: Any = request.user
    batch = _batch(request, "add", batch_id)
    if batch.actor != user.actor:
        raise PermissionDenied
    return batch


def _back(batch_id: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:integration_batch_change", args=[batch_id]), status=303)
