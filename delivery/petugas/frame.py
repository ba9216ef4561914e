"""What the officer's pages share: who may come in, their frame, the answer to a refusal."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from staff.models import User
from staff.roles import Role
from staff.scope import scope_of
from tracking.models import Kecamatan
from tracking.refusals import Refused

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def officer(view: View[P]) -> View[P]:
    """Only for an officer of a kecamatan: others log in, or are refused. Nothing is kept by a browser."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), reverse("petugas:login"))
        user = person(request)
        if Role.KECAMATAN not in user.roles or not scope_of(user).kecamatan:
            return render(request, "petugas/refused.html", {"title": "Bukan untuk akun ini"}, status=403)
        try:
            return view(request, *args, **kwargs)
        except Refused as refused:
            # what a page does not answer in its own place is said on the page that was asked for
            messages.error(request, str(refused))
            return HttpResponseRedirect(request.path, status=303)

    return guarded  # type: ignore[return-value]


def person(request: HttpRequest) -> User:
    """Whoever is logged in."""
    user: Any = request.user
    return user  # type: ignore[no-any-return]


def own(request: HttpRequest) -> int:
    """The officer's kecamatan."""
    kecamatan = scope_of(person(request)).kecamatan
    if not kecamatan:
        raise PermissionDenied
    return kecamatan


def page(
    request: HttpRequest, template: str, title: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    """A page in the officer's frame."""
    around = {"title": title, "place": Kecamatan.objects.get(pk=own(request)), **context}
    return render(request, f"petugas/{template}", around, status=status)


def away(name: str, *args: Any, query: str = "") -> HttpResponse:
    """After a write: to the page that shows it."""
    return HttpResponseRedirect(reverse(f"petugas:{name}", args=args) + query, status=303)


def a_request() -> str:
    """For a form: sent twice, it is done once."""
    return str(uuid4())


def request_of(request: HttpRequest) -> UUID:
    """The form's own number; a new one for what cannot be one."""
    try:
        return UUID(request.POST.get("request", ""))
    except ValueError:
        return uuid4()
