"""The pages of the second step, the same in the frame of the staff site and in that of the officers' pages.

Each says itself who may come: whoever is half-way in (`code`, `setup`), or logged in (`own`, `setup`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import segno
from django.contrib import messages
from django.contrib.auth import authenticate, update_session_auth_hash, views
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from ..models import User
from . import actions, codes, log_in, policy

WRONG = _("Kode ini tidak cocok atau sudah dipakai. Tunggu kode berikutnya, lalu coba lagi.")
WRONG_PASSWORD = _("Kata sandi ini tidak cocok.")
SHOWN = 10


@dataclass(frozen=True)
class Frame:
    """One of the sites that have these pages: the namespace of its addresses, and how it shows a page.

    `show(request, body, title, status=…, **context)` puts the template `body` into the site's frame.
    """

    site: str
    show: Callable[..., HttpResponse]

    def to(self, name: str) -> HttpResponse:
        return HttpResponseRedirect(reverse(f"{self.site}:{name}"))


class LogIn(views.LoginView):
    """The first step, on whichever site. There is no other way to a session of staff than this and `code`, `setup`."""

    frame: Frame

    def landing(self, user: User) -> str:
        """Where this person goes once logged in."""
        return self.get_success_url()

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        user: Any = form.get_user()
        landing = self.landing(user)
        if not log_in.asks_more(user):
            log_in.enter(self.request, user)
            return HttpResponseRedirect(landing)
        log_in.begin(self.request, user, landing)
        return self.frame.to("second_step" if actions.authenticator_of(user) else "second_step_setup")


@never_cache
def code(request: HttpRequest, *, frame: Frame) -> HttpResponse:
    """The second step. For whoever is half-way in."""
    who = log_in.half(request)
    if who is None:
        if log_in.forgotten(request):
            messages.info(request, gettext("Langkah kedua terlalu lama ditunggu. Masuk lagi."))
        return frame.to("login")
    if actions.authenticator_of(who.user) is None:
        return frame.to("second_step_setup")
    wrong = {}
    if request.method == "POST":
        if log_in.is_right(request, who.user, request.POST.get("kode", "")):
            log_in.complete(request, who)
            return HttpResponseRedirect(who.landing, status=303)
        wrong = {"wrong_on_paper" if "cadangan" in request.POST else "wrong_of_app": WRONG}
    return frame.show(
        request,
        "staff/second_step/_code.html",
        _("Langkah kedua"),
        status=422 if wrong else 200,
        **wrong,
    )


@never_cache
def setup(request: HttpRequest, *, frame: Frame) -> HttpResponse:
    """Connect an app. For whoever is half-way in and must have one, or logged in and was offered one by `own`."""
    who, user = log_in.half(request), _person(request)
    if user is None and who is not None and actions.authenticator_of(who.user) is None:
        user = who.user
        if log_in.offered(request, user) is None:
            log_in.offer(request, user)
    else:
        who = None
    secret = log_in.offered(request, user) if user else None
    if user is None or secret is None:
        return frame.to("second_step_own" if user else "login")
    step = codes.step_of(secret, request.POST.get("kode", "")) if request.method == "POST" else None
    if step is None:
        return _secret_page(request, frame, user, secret, forced=who is not None)
    try:
        fresh = _connect(user, secret, step, first=who is not None)
    except actions.AlreadyOn:
        return frame.to("login")
    log_in.taken(request)
    if who:
        log_in.complete(request, who)
    else:
        update_session_auth_hash(request, user)
    return _codes_page(
        request, frame, fresh, who.landing if who else reverse(f"{frame.site}:second_step_own")
    )


@never_cache
def own(request: HttpRequest, *, frame: Frame) -> HttpResponse:
    """One's own second step: turn on, move to another phone, new codes, turn off. For whoever is logged in."""
    user = _person(request)
    if user is None:
        return frame.to("login")
    app, error = actions.authenticator_of(user), None
    if request.method == "POST":
        answer = _turned_on(request, frame, user) if app is None else _changed(request, frame, user)
        if answer is not None:
            return answer
        error = WRONG_PASSWORD if app is None else WRONG
    return frame.show(
        request,
        "staff/second_step/_own.html",
        _("Masuk dua langkah"),
        status=422 if error else 200,
        app=app,
        wrong=error,
        left=actions.codes_left(user),
        must=policy.must(user),
        acts=actions.history(user, SHOWN),
    )


def _person(request: HttpRequest) -> User | None:
    user: Any = request.user
    return user if user.is_authenticated else None


def _turned_on(request: HttpRequest, frame: Frame, user: User) -> HttpResponse | None:
    """The password again, so that nobody connects a phone of theirs at a desk left open."""
    password = request.POST.get("password", "")
    if authenticate(request, username=user.get_username(), password=password) is None:
        return None
    log_in.offer(request, user)
    return frame.to("second_step_setup")


def _changed(request: HttpRequest, frame: Frame, user: User) -> HttpResponse | None:
    wish = request.POST.get("lakukan", "")
    if wish not in ("ganti", "kode", "matikan") or (wish == "matikan" and policy.must(user)):
        return frame.to("second_step_own")
    if not log_in.is_right(request, user, request.POST.get("kode", "")):
        return None
    if wish == "ganti":
        log_in.offer(request, user)
        return frame.to("second_step_setup")
    if wish == "kode":
        return _codes_page(
            request, frame, actions.renew_codes(user), reverse(f"{frame.site}:second_step_own")
        )
    actions.turn_off(user)
    update_session_auth_hash(request, user)
    messages.success(request, gettext("Masuk dua langkah dimatikan."))
    return frame.to("second_step_own")


def _connect(user: User, secret: bytes, step: int, *, first: bool) -> list[str]:
    if first or actions.authenticator_of(user) is None:
        return actions.turn_on(user, secret, step)
    return actions.replace(user, secret, step)


def _secret_page(
    request: HttpRequest, frame: Frame, user: User, secret: bytes, *, forced: bool
) -> HttpResponse:
    error = WRONG if request.method == "POST" else None
    text, address = codes.spelt(secret), codes.uri(secret, user.get_username())
    return frame.show(
        request,
        "staff/second_step/_setup.html",
        _("Pasang aplikasi kode"),
        status=422 if error else 200,
        wrong=error,
        address=SafeString(address.replace("&", "&amp;")),
        qr=SafeString(segno.make(address, error="m").svg_inline(scale=4, border=4, light="#fff")),
        secret=" ".join(text[at : at + 4] for at in range(0, len(text), 4)),
        forced=forced,
    )


def _codes_page(request: HttpRequest, frame: Frame, fresh: list[str], onward: str) -> HttpResponse:
    """Shown in the answer itself: the codes are kept nowhere to be shown from again."""
    body = "staff/second_step/_codes.html"
    return frame.show(request, body, _("Simpan kode cadangan"), codes=fresh, onward=onward)
