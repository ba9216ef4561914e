"""The visitor's address and scheme: what a trusted proxy says, or else the connection's own.

From here on REMOTE_ADDR is the visitor, for log-in throttling and limits alike.
"""

import ipaddress
from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def edge(get_response: GetResponse) -> GetResponse:
    """Believes X-Forwarded-For and X-Forwarded-Proto from TRUSTED_PROXIES, and from nobody else."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        meta = request.META
        if _is_trusted(meta.get("REMOTE_ADDR", "")):
            meta["REMOTE_ADDR"] = _visitor(meta["REMOTE_ADDR"], meta.get("HTTP_X_FORWARDED_FOR", ""))
        else:
            meta.pop("HTTP_X_FORWARDED_PROTO", None)
        return get_response(request)

    return middleware


def client(request: HttpRequest) -> str:
    address: str = request.META.get("REMOTE_ADDR", "")
    return address


def _visitor(address: str, forwarded: str) -> str:
    # From the right: what stands left of the last hop we do not trust, the visitor may have invented.
    for hop in reversed(forwarded.split(",")):
        try:
            address = str(ipaddress.ip_address(hop.strip()))
        except ValueError:
            break
        if not _is_trusted(address):
            break
    return address


@lru_cache(maxsize=1024)
def _is_trusted(address: str) -> bool:
    if not address:  # a Unix socket: only a proxy of ours reaches it
        return bool(settings.TRUSTED_PROXIES)
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in ipaddress.ip_network(proxy) for proxy in settings.TRUSTED_PROXIES)
