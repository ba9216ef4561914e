"""The import page: choose a source and files; what they would do is then examined by the worker."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from tracking.admin.deeds import NO_NIK
from tracking.admin.exports import forget_refused

from .. import actions, uploads
from ..feed.columns import NEEDED, OPTIONAL
from ..models import Batch, Source
from .receiving import Receiver


class FilesInput(forms.ClearableFileInput):
    """One file or several."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """The names of what was chosen; the files themselves went to their folder while they came."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        return [super(FilesField, self).clean(one, initial) for one in data or [None]]


class ImportForm(forms.Form):
    """From whom, and which files."""

    source = forms.ModelChoiceField(
        label=_("Sumber data"), queryset=Source.objects.all(), required=False, empty_label=_("Sumber baru")
    )
    new_source = forms.CharField(
        label=_("Nama sumber baru"),
        max_length=60,
        required=False,
        help_text=_("Hanya jika sumbernya belum ada di daftar, misalnya SIAK pusat."),
        validators=[NO_NIK],
    )
    feeds = FilesField(
        label=_("Berkas"),
        max_length=300,
        allow_empty_file=True,  # the reader says what is wrong with an empty one
        help_text=_("CSV atau XLSX, satu atau beberapa, bersama-sama paling besar 2 GB."),
        widget=FilesInput(attrs={"accept": ".csv,.txt,.xlsx"}),
        error_messages={"required": _("Pilih berkas yang akan diimpor.")},
    )

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, auto_id="impor-%s")
        self.fields["source"].error_messages["invalid_choice"] = _("Pilih sumber dari daftar.")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        forget_refused(self, "new_source")
        name = cleaned.get("new_source", "")
        if not cleaned.get("source") and not name and not self.errors:
            self.add_error("source", _("Pilih sumber data, atau isi nama sumber baru."))
        elif cleaned.get("source") and name:
            self.add_error("new_source", _("Pilih sumber dari daftar atau isi nama baru, jangan keduanya."))
        elif name and not slugify(name).strip("-_"):
            self.add_error("new_source", _("Nama sumber harus berisi huruf atau angka."))
        return cleaned


@csrf_exempt  # checked below, once it is settled where files go
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """GET the form; POST → 303 to the batch."""
    user: Any = request.user
    if not user.has_perm("integration.add_batch"):
        raise PermissionDenied
    receiver = Receiver(request)
    request.upload_handlers = [receiver]
    try:
        return _checked(request, receiver)
    finally:
        receiver.end()


@csrf_protect
def _checked(request: HttpRequest, receiver: Receiver) -> HttpResponse:
    if request.method != "POST":
        return _page(request, ImportForm())
    form = ImportForm(request.POST, request.FILES)
    if receiver.failure:
        form.errors.pop("feeds", None)
        form.add_error("feeds", receiver.failure)
        return _page(request, form, receiver.status)
    if not form.is_valid() or receiver.upload is None:
        return _page(request, form, 422)
    user: Any = request.user
    source = form.cleaned_data["source"] or actions.source_named(form.cleaned_data["new_source"])
    batch = actions.send(by=user, source=source, upload=receiver.upload)
    receiver.upload = None  # it is the batch's now
    return HttpResponseRedirect(reverse("admin:integration_batch_change", args=[batch.pk]), status=303)


def _page(request: HttpRequest, form: ImportForm, status: int = 200) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": _("Impor data"),
        "opts": Batch._meta,
        "form": form,
        "needed": NEEDED,
        "optional": OPTIONAL,
        "most": uploads.MOST_BYTES,
    }
    return TemplateResponse(request, "admin/integration/import.html", context, status=status)
