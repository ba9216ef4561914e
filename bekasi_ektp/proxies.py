"""The visitor's address: what a trusted proxy says it is, or else the connection's own."""

from django.conf import settings
from django.http import HttpRequest


def client(request: HttpRequest) -> str:
    address: str = request.META.get("REMOTE_ADDR", "")
    if address not in settings.TRUSTED_PROXIES:
        return address
    for hop in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        address = hop.strip() or address
        if address not in settings.TRUSTED_PROXIES:
            break
    return address
