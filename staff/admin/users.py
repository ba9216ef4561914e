"""Accounts: a supervisor opens and closes them, and gives each one role."""

from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import (
    AdminPasswordChangeForm,
    ReadOnlyPasswordHashField,
    UserChangeForm,
    UserCreationForm,
)
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from staff.models import User
from staff.roles import Role

from .base import Choice, StaffAdmin


class RoleFields(forms.ModelForm):  # type: ignore[type-arg]
    """One role; and the kecamatan if, and only if, the role is its officer's."""

    role = forms.ChoiceField(label=_("Peran"), choices=Role.choices)
    kecamatan_id = forms.TypedChoiceField(
        label=_("Kecamatan"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=_("Hanya petugas kecamatan."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "kecamatan_id" in self.fields:
            names = apps.get_model("tracking", "Kecamatan").objects.values_list("id", "name")
            self.fields["kecamatan_id"].choices = [("", "—"), *names]  # type: ignore[attr-defined]
        if "role" in self.fields and self.instance.pk:
            self.fields["role"].initial = next(iter(sorted(self.instance.roles)), None)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        officer = cleaned.get("role") == Role.KECAMATAN
        if "role" in cleaned and officer != (cleaned.get("kecamatan_id") is not None):
            self.add_error(
                "kecamatan_id",
                _("Pilih kecamatan petugas ini.")
                if officer
                else _("Hanya petugas kecamatan punya kecamatan."),
            )
        return cleaned


class KnownPassword(ReadOnlyPasswordHashField.widget):  # type: ignore[misc]
    """How the password is kept: words and a link in a <div>, which is neither disabled nor described."""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        for attribute in ("disabled", "aria-describedby"):
            context["widget"]["attrs"].pop(attribute, None)
        return context


class ChangeForm(RoleFields, UserChangeForm):  # type: ignore[type-arg]
    password = ReadOnlyPasswordHashField(label=_("Sandi"), widget=KnownPassword)


class PasswordForm(AdminPasswordChangeForm):  # type: ignore[type-arg]
    """Django's, whose own help has a list inside a paragraph."""

    usable_password_help_text: Any = _("Tanpa sandi orang ini tidak dapat masuk.")


class NewForm(RoleFields, UserCreationForm):  # type: ignore[type-arg]
    pass


class ByRole(Choice):
    title = _("peran")
    parameter_name = "peran"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return Role.choices

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(groups__name=self.value()) if self.value() else queryset


PERSON = ("first_name", "last_name", "email", "phone", "position", "nip")
PLACE = ("role", "kecamatan_id")


@admin.register(User)
class StaffUserAdmin(StaffAdmin, UserAdmin):  # type: ignore[type-arg]
    form = ChangeForm
    add_form = NewForm
    change_password_form = PasswordForm
    list_display = (
        "username",
        "get_full_name",
        "position",
        "role_names",
        "two_steps",
        "is_active",
        "last_login",
    )
    list_select_related = ("authenticator",)
    list_filter = (ByRole,)
    search_fields = ()
    ordering = ()
    filter_horizontal = ()
    readonly_fields = ("second_step", "last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Orang"), {"fields": PERSON}),
        (_("Peran"), {"fields": (*PLACE, "is_active")}),
        (_("Masuk dua langkah"), {"fields": ("second_step",)}),
        (_("Waktu"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "password1", "password2")}),
        (_("Orang"), {"fields": PERSON}),
        (_("Peran"), {"fields": PLACE}),
    )

    @admin.display(description=_("peran"))
    def role_names(self, user: User) -> str:
        return ", ".join(str(Role(name).label) for name in sorted(user.roles) if name in Role.values)

    @admin.display(description=_("dua langkah"), boolean=True)
    def two_steps(self, user: User) -> bool:
        return hasattr(user, "authenticator")

    @admin.display(description=_("aplikasi kode"))
    def second_step(self, user: User) -> str:
        state = _("Terpasang") if self.two_steps(user) else _("Tidak ada")
        there = reverse("admin:staff_user_second_step", args=[user.pk])
        return format_html('{} · <a href="{}">{}</a>', state, there, _("Riwayat dan penghapusan"))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if "role" in form.cleaned_data:
            form.instance.groups.set([Group.objects.get(name=form.cleaned_data["role"])])
            vars(form.instance).pop("roles", None)
