"""Tokens of partners: a supervisor makes them, sees their words once, and revokes them."""

import ipaddress
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from staff.admin.base import Choice, OwnPage, StaffAdmin
from staff.typed import number_in
from tracking.models import Kecamatan
from tracking.queries.timeline import names

from .. import tokens
from ..models import Delivery, Source, Token

_MOST_NETWORKS = 20


class TokenForm(forms.Form):
    """For whom a token is to be."""

    source = forms.ModelChoiceField(
        label=gettext_lazy("Sumber data"),
        queryset=Source.objects.all(),
        help_text=gettext_lazy("Semua yang dikirim dengan token ini tercatat atas nama sumber ini."),
    )
    kecamatan = forms.ModelChoiceField(
        label=gettext_lazy("Kecamatan"),
        queryset=Kecamatan.objects.all(),
        required=False,
        empty_label=gettext_lazy("Seluruh kota"),
        help_text=gettext_lazy("Baris tentang kecamatan lain ditolak dan menjadi pekerjaan Disdukcapil."),
    )
    days = forms.IntegerField(
        label=gettext_lazy("Berlaku (hari)"), min_value=1, max_value=tokens.MOST_DAYS, initial=tokens.DAYS
    )
    addresses = forms.CharField(
        label=gettext_lazy("Hanya dari alamat jaringan"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Misalnya 10.32.75.0/24, satu per baris. Kosong: dari mana saja."),
    )
    may_read_changes = forms.BooleanField(
        label=gettext_lazy("Boleh membaca perubahan kartu"),
        required=False,
        help_text=gettext_lazy("Kode kartu, tahap, dan waktunya; tanpa NIK dan nama."),
    )

    def clean_addresses(self) -> list[str]:
        words = self.cleaned_data["addresses"].replace(",", " ").split()
        try:
            return [str(ipaddress.ip_network(word)) for word in words[:_MOST_NETWORKS]]
        except ValueError:
            raise forms.ValidationError(
                _("Tulis alamat jaringan seperti 10.32.75.0/24 atau 10.32.75.8.")
            ) from None


class Validity(Choice):
    title = gettext_lazy("keadaan")
    parameter_name = "keadaan"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("berlaku", _("Berlaku")), ("mati", _("Dicabut atau habis masanya"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "berlaku":
                return queryset.filter(tokens.valid())
            case "mati":
                return queryset.exclude(tokens.valid())
        return queryset


@admin.register(Token)
class TokenAdmin(OwnPage, StaffAdmin):
    """The list of tokens, the page of each, and the form that makes one."""

    list_display = ("named", "source", "place", "state", "expires_at", "last_used_at", "may_read_changes")
    list_display_links = ("named",)
    list_filter = (Validity,)
    list_select_related = ("source", "kecamatan")
    change_list_template = "integration/tokens.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("integration.add_token")

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = TokenForm(request.POST or None, auto_id="token-%s")
        if request.method == "POST" and form.is_valid():
            user: Any = request.user
            try:
                token, words = tokens.issue(by=user, **form.cleaned_data)
            except tokens.TwoAreValid as full:
                form.add_error("source", _(str(full.__doc__)))
            else:
                return self._page(request, "token_made", token, words=words)
        return self._page(request, "token_add", form=form, status=422 if form.errors else 200)

    def page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        token = self._token(request, object_id)
        deliveries = Delivery.objects.filter(token=token, batch__isnull=False).order_by("-created_at")
        who = names([token.created_by, token.revoked_by])
        return self._page(
            request,
            "token",
            token,
            made_by=who[token.created_by],
            revoked_by=who[token.revoked_by],
            deliveries=deliveries.select_related("batch")[:10],
            may_revoke=request.user.has_perm("integration.change_token") and token.revoked_at is None,
        )

    def get_urls(self) -> list[URLPattern]:
        there = self.admin_site.admin_view(require_POST(self.revoke))
        return [path("<int:token_id>/cabut/", there, name="integration_token_revoke"), *super().get_urls()]

    def revoke(self, request: HttpRequest, token_id: int) -> HttpResponse:
        """From now on nobody gets in with it."""
        user: Any = request.user
        if not user.has_perm("integration.change_token"):
            raise PermissionDenied
        token = self._token(request, str(token_id))
        if tokens.revoke(token.pk, by=user):
            messages.success(request, _("Token dicabut. Pengirim yang masih memakainya kini ditolak."))
        return HttpResponseRedirect(reverse("admin:integration_token_change", args=[token.pk]), status=303)

    def _token(self, request: HttpRequest, object_id: str) -> Token:
        if not self.has_view_permission(request):
            raise PermissionDenied
        token: Token | None = self.get_queryset(request).filter(pk=number_in(object_id) or 0).first()
        if token is None:
            raise Http404
        return token

    def _page(
        self, request: HttpRequest, page: str, token: Token | None = None, status: int = 200, **context: Any
    ) -> HttpResponse:
        title = str(token) if token else _("Buat token mitra")
        context |= self.admin_site.each_context(request) | {"title": title, "opts": self.opts, "token": token}
        return TemplateResponse(request, f"integration/{page}.html", context, status=status)

    @admin.display(description=gettext_lazy("token"))
    def named(self, token: Token) -> str:
        return f"{token.hint}…"

    @admin.display(description=gettext_lazy("kecamatan"))
    def place(self, token: Token) -> str:
        return str(token.kecamatan or _("Seluruh kota"))

    @admin.display(description=gettext_lazy("keadaan"))
    def state(self, token: Token) -> str:
        if token.revoked_at:
            return _("Dicabut")
        return _("Berlaku") if token.expires_at > timezone.now() else _("Habis masanya")
