"""Two-step log-in on the staff site: its pages, what a supervisor does for a colleague, and the record of it all."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from staff.models import SecondStepAct, User
from staff.second_step import actions, pages, policy
from staff.site import site

from .base import Choice, ReadOnly, StaffAdmin
from .frame import asked_by, page

SHOWN = 50


def _show(request: HttpRequest, body: str, title: Any, *, status: int = 200, **context: Any) -> HttpResponse:
    return page(request, "staff/second_step/page.html", title, status=status, body=body, **context)


FRAME = pages.Frame("admin", _show)


class StaffLogIn(pages.LogIn):
    """For whoever comes, to the staff site."""

    frame = FRAME
    authentication_form = AdminAuthenticationForm


class ResetForm(forms.Form):
    """Why a colleague's second step goes."""

    reason = forms.ChoiceField(label=_("Alasan"), choices=[("", "—"), *SecondStepAct.Reason.choices])


@never_cache
def account(request: HttpRequest, user_id: int) -> HttpResponse:
    """A colleague's second step and its history: for who may see accounts; a supervisor takes it away."""
    by = asked_by(request, "staff.view_user")
    user = get_object_or_404(User, pk=user_id)
    may = by.is_supervisor and by != user
    form = ResetForm(request.POST or None)
    if request.method == "POST":
        if not may:
            raise PermissionDenied
        if form.is_valid():
            if actions.reset(user, by=by, reason=form.cleaned_data["reason"]):
                messages.success(
                    request, gettext("Langkah kedua dihapus. Petugas ini memasangnya lagi saat masuk.")
                )
            return HttpResponseRedirect(request.path, status=303)
    return page(
        request,
        "staff/second_step/account.html",
        _("Masuk dua langkah"),
        status=422 if form.errors else 200,
        colleague=user,
        app=actions.authenticator_of(user),
        must=policy.must(user),
        may_reset=may,
        form=form,
        acts=actions.history(user, SHOWN),
    )


class ByAct(Choice):
    title = _("tindakan")
    parameter_name = "tindakan"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return SecondStepAct.Act.choices

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(act=self.value()) if self.value() else queryset


@admin.register(SecondStepAct)
class SecondStepActAdmin(ReadOnly, StaffAdmin):
    list_display = ("at", "username", "act", "actor", "reason")
    list_display_links = None
    list_filter = (ByAct,)
    fields = readonly_fields = ("at", "username", "act", "actor", "reason")


site.page("masuk/kode/", partial(pages.code, frame=FRAME), "second_step", before_log_in=True)
site.page("masuk/pasang/", partial(pages.setup, frame=FRAME), "second_step_setup", before_log_in=True)
site.page("dua-langkah/", partial(pages.own, frame=FRAME), "second_step_own")
site.page("staff/user/<int:user_id>/dua-langkah/", account, "staff_user_second_step")
