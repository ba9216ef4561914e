"""Who asks: the token of a request, checked before anything of its body is looked at."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from ..models import Token
from ..tokens import comes_from, find
from .problems import Kind, Problem


class Bearer(HttpBearer):
    """`request.auth` is the Token, `request.words` what was shown for it."""

    def __call__(self, request: HttpRequest) -> Any:
        scheme, _space, words = request.headers.get("Authorization", "").partition(" ")
        words = words.strip()
        if scheme.lower() != "bearer" or not words:
            raise Problem(Kind.TOKEN_MISSING)
        return self.authenticate(request, words)

    def authenticate(self, request: HttpRequest, token: str) -> Token:
        found = find(token)
        if found is None:
            raise Problem(Kind.TOKEN_UNKNOWN)
        if found.revoked_at or found.expires_at <= timezone.now():
            raise Problem(Kind.TOKEN_EXPIRED)
        if not comes_from(found, request.META.get("REMOTE_ADDR", "")):
            raise Problem(Kind.ADDRESS_NOT_ALLOWED)
        request.words = token  # type: ignore[attr-defined]
        return found
