"""The way in. Between the two steps nobody is logged in: the session only remembers whose password was right."""

import base64
import binascii
import time
from dataclasses import dataclass
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest
from django.template.defaultfilters import date
from django.utils.crypto import constant_time_compare
from django.utils.timezone import localtime
from django.utils.translation import gettext

from .. import sealing
from ..models import SecondStepAct, User
from . import actions, codes, policy

HALF, OFFER = "masuk", "pasang"
PATIENCE = 600
"""So many seconds after the password the second step is waited for."""


@dataclass(frozen=True)
class Half:
    """Somebody whose password was right, on the way to `landing`."""

    user: User
    backend: str
    landing: str


def asks_more(user: User) -> bool:
    """Whether the password alone does not let this person in."""
    return policy.must(user) or actions.authenticator_of(user) is not None


def begin(request: HttpRequest, user: User, landing: str) -> None:
    """After the right password: a new session, logged in as nobody."""
    backend: str = getattr(user, "backend", "")
    request.session.flush()
    mark = user.password_mark()
    request.session[HALF] = {
        "user": user.pk,
        "backend": backend,
        "mark": mark,
        "at": int(time.time()),
        "to": landing,
    }
    tell_of_reset(request, user)


def half(request: HttpRequest) -> Half | None:
    """Who is half-way in: not for long, and neither closed nor with another password meanwhile."""
    told: Any = request.session.get(HALF)
    if not told or time.time() - told["at"] > PATIENCE:
        return None
    user = User.objects.filter(pk=told["user"], is_active=True).first()
    if user is None or not constant_time_compare(told["mark"], user.password_mark()):
        return None
    return Half(user, told["backend"], told["to"])


def forgotten(request: HttpRequest) -> bool:
    """Forget whose password was right; whether there was anybody."""
    return request.session.pop(HALF, None) is not None


def complete(request: HttpRequest, who: Half) -> None:
    """After the second step: logged in, with a new session again."""
    request.session.pop(HALF, None)
    request.session.pop(OFFER, None)
    login(request, who.user, who.backend or None)


def enter(request: HttpRequest, user: User) -> None:
    """Logged in by the password alone, where nothing more is asked."""
    login(request, user)
    tell_of_reset(request, user)


def is_right(request: HttpRequest, user: User, typed: str) -> bool:
    """Whether the code lets in. A wrong one is a failed log-in; after too many the pause answers, not the page."""
    who: Any = {"username": user.get_username()}
    paused = not AxesProxyHandler.is_allowed(request, who)
    if not paused:
        try:
            if actions.is_right(user, typed):
                return True
        except actions.Paused:
            paused = True
    if paused:
        request.axes_locked_out, request.axes_credentials = True, who  # type: ignore[attr-defined]
    else:
        user_login_failed.send(sender=__name__, credentials=who, request=request)
    return False


def offer(request: HttpRequest, user: User) -> None:
    """Draw a secret for the app that this session may connect; sealed, for sessions are in the database."""
    sealed = sealing.seal(codes.new_secret(), actions.FIELD)
    request.session[OFFER] = {"user": user.pk, "secret": base64.b64encode(sealed).decode()}


def offered(request: HttpRequest, user: User) -> bytes | None:
    """That secret; None: nothing was offered to this person in this session."""
    told: Any = request.session.get(OFFER)
    if not told or told["user"] != user.pk:
        return None
    try:
        return sealing.unseal(base64.b64decode(told["secret"]), actions.FIELD)
    except (sealing.CannotUnseal, binascii.Error):
        return None


def taken(request: HttpRequest) -> None:
    """The offer is used, and shown to nobody again."""
    request.session.pop(OFFER, None)


def tell_of_reset(request: HttpRequest, user: User) -> None:
    """Whoever lost the second step to a supervisor reads it at each log-in, until there is one again."""
    own = SecondStepAct.objects.filter(user_id=user.pk, act__in=("on", "off", "reset"))
    last = own.order_by("-id").first()
    if last and last.act == SecondStepAct.Act.RESET:
        words = gettext(
            "Langkah kedua akun Anda dihapus pada %(at)s: %(why)s. Pasang lagi. Jika bukan Anda yang memintanya, "
            "hubungi penyelia sekarang."
        )
        at = date(localtime(last.at), "j F Y H.i")
        messages.warning(request, words % {"at": at, "why": last.get_reason_display().lower()})
