"""Rules and reference data: the order of letters, the office's limits, offices, regions."""

from datetime import date
from itertools import permutations
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from staff.admin.base import ReadOnly, StaffAdmin

from ..models import Kecamatan, Kelurahan, LetterRule, Obliged, Office, OfficeRule
from ..stages import Letter


class LetterRuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """A rule for a day to come: what was in force on a day that is over stays so."""

    letters = forms.ChoiceField(
        label=_("Urutan huruf"),
        choices=[("".join(order), " → ".join(order)) for order in permutations(Letter.values)],
    )

    def clean_valid_from(self) -> date:
        day: date = self.cleaned_data["valid_from"]
        if day <= timezone.localdate():
            raise forms.ValidationError(
                _("Pilih tanggal sesudah hari ini; aturan yang sudah berlaku tidak diubah.")
            )
        return day


@admin.register(LetterRule)
class LetterRuleAdmin(StaffAdmin):
    """A new rule is added with its decree; one that was in force stays as it was."""

    form = LetterRuleForm
    list_display = ("valid_from", "letters", "decree")
    fields = ("valid_from", "letters", "decree")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(OfficeRule)
class OfficeRuleAdmin(StaffAdmin):
    list_display = ("__str__", "undo_minutes")
    fields = ("undo_minutes",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Office)
class OfficeAdmin(StaffAdmin):
    key_order = "pk"
    list_display = ("name", "address", "hours", "phone", "checked")
    fields = ("name", "address", "hours", "phone", "checked")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Obliged)
class ObligedAdmin(StaffAdmin):
    """By how many the share on the statistics page is divided; the newest day of a kecamatan is in force."""

    key_order = "pk"
    list_display = ("kecamatan", "dated", "quantity", "source")
    list_select_related = ("kecamatan",)
    fields = ("kecamatan", "dated", "quantity", "source")


@admin.register(Kecamatan)
class KecamatanAdmin(ReadOnly, StaffAdmin):
    key_order = "pk"
    list_display = ("code", "name", "slug")


@admin.register(Kelurahan)
class KelurahanAdmin(ReadOnly, StaffAdmin):
    key_order = "pk"
    list_per_page = 60
    list_display = ("code", "name", "kecamatan")
    list_select_related = ("kecamatan",)
