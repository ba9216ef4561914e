"""Log-in of officers: the same accounts, limits and sessions as the staff site's, in their own frame."""

from functools import partial
from typing import Any

from django.contrib.auth import views
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse, reverse_lazy

from staff.models import User
from staff.scope import scope_of
from staff.second_step import pages
from tracking.models import Kecamatan

from .frame import officer, person


class _Form(AuthenticationForm):
    error_messages = {
        "invalid_login": "Akun atau sandi keliru. Periksa huruf besar dan kecil, lalu coba lagi.",
        "inactive": "Akun ini sudah ditutup. Hubungi penyelia Disdukcapil.",
    }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.label_suffix = ""
        self.fields["username"].label, self.fields["password"].label = "Akun", "Sandi"


def _show(request: HttpRequest, body: str, title: Any, *, status: int = 200, **context: Any) -> HttpResponse:
    own = scope_of(person(request)).kecamatan if request.user.is_authenticated else None
    place = Kecamatan.objects.filter(pk=own).first() if own else None
    around = {"title": title, "body": body, "place": place, **context}
    return render(request, "petugas/second_step.html", around, status=status)


FRAME = pages.Frame("petugas", _show)


class LogIn(pages.LogIn):
    """For whoever comes; an account that is no officer's is sent to the staff site."""

    frame = FRAME
    template_name = "petugas/login.html"
    authentication_form = _Form
    next_page = reverse_lazy("petugas:start")  # type: ignore[assignment]

    def landing(self, user: User) -> str:
        return reverse("admin:index") if user.kecamatan_id is None else super().landing(user)


log_in = LogIn.as_view()
log_out = views.LogoutView.as_view(next_page=reverse_lazy("petugas:login"))
second_step = partial(pages.code, frame=FRAME)
second_step_setup = partial(pages.setup, frame=FRAME)
second_step_own = officer(partial(pages.own, frame=FRAME))
