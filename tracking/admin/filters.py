"""Filters of the list of cards. Each finds its rows through an index, however many cards there are."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from staff.admin.base import Choice
from staff.scope import scope_of

from ..models import Block, Kecamatan
from ..stages import Kind, Phase, Stage, phase_of


class ByStage(Choice):
    title = _("tahap")
    parameter_name = "tahap"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return Stage.choices

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        stage = self.value()
        return queryset.filter(stage=stage, phase=phase_of(stage)) if stage else queryset


class ByKecamatan(Choice):
    title = _("kecamatan")
    parameter_name = "kecamatan"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        user: Any = request.user
        return Kecamatan.objects.values_list("id", "name") if scope_of(user).whole_city else ()

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(place=int(self.value() or 0)) if self.value() else queryset


class ByKind(Choice):
    title = _("jenis")
    parameter_name = "jenis"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return Kind.choices

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class Blocked(Choice):
    title = _("blokir")
    parameter_name = "blokir"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("ya", _("Diblokir"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if not self.value():
            return queryset
        return queryset.filter(pk__in=Block.objects.filter(lifted_at__isnull=True).values("card_id"))


class OutsideLedger(Choice):
    title = _("buku blanko")
    parameter_name = "buku"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [
            ("dicari", _("Di luar buku, masih dicari")),
            ("luar", _("Di luar buku")),
            ("dalam", _("Dalam buku")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "dicari":
                return queryset.filter(outside_ledger=True, outside_confirmed=False, phase=Phase.UNDER_WAY)
            case "luar":
                return queryset.filter(outside_ledger=True)
            case "dalam":
                return queryset.filter(outside_ledger=False)
        return queryset
