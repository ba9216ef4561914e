"""`/data/`: what was published, of the newest day here and of every day under its date. For everybody, to read and to copy.

Every file has a strong ETag and may be read by scripts of any origin; what lies under a date never changes.
"""

import csv
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_http_methods, require_safe

from ..models import Publication, PublishedFile
from ..public import data_files, dates
from ..public.answer import language_of, open_page
from ..publication import queries
from ..publication.files import log_of, text_of

readable = require_http_methods(["GET", "HEAD", "OPTIONS"])
NEWEST, FOR_EVER = "public, max-age=300", "public, max-age=31536000, immutable"
SHOWN_DAYS = 60


@require_safe
def index(request: HttpRequest, day: str = "") -> HttpResponse:
    """What is published, in which files, under which licence, and how to check it. For everybody."""
    newest = queries.newest()
    if newest is None and not day:
        return open_page(request, "data.html", shown=None)
    shown, language = _publication(day), language_of(request)
    return open_page(
        request,
        "data.html",
        shown=shown,
        is_newest=shown == newest,
        day=dates.day(shown.day, language),
        closed_at=dates.full(dates.local(shown.closed_at), language),
        root=bytes(shown.public_root).hex(),
        rows=data_files.rows(shown.day, language),
        logs=[file.name for file in queries.files_of(shown.day) if file.name.startswith("antrean/")],
        days=[(one.day.isoformat(), dates.day(one.day, language)) for one in queries.days(SHOWN_DAYS)],
        licence=data_files.LICENCE,
        source=data_files.SOURCE,
    )


@readable
def table(request: HttpRequest, name: str, day: str = "") -> HttpResponseBase:
    """A CSV file. For everybody."""
    publication, file = _file(day, name)
    return _answer(
        request,
        publication,
        f'"{file.digest}"',
        lambda: _stream(request, text_of(file), "text/csv; charset=utf-8", file.size),
        dated=bool(day),
    )


@readable
def queue_log(request: HttpRequest, slug: str, day: str = "") -> HttpResponseBase:
    """The log of one kecamatan's queue. For everybody."""
    return table(request, f"antrean/{slug}", day)  # type: ignore[no-any-return]


@readable
def progress(request: HttpRequest, day: str = "") -> HttpResponseBase:
    """progres.csv again, as JSON. For everybody."""
    publication, file = _file(day, "progres")
    return _answer(
        request, publication, f'W/"{file.digest}-json"', lambda: _json(_rows_of(file)), dated=bool(day)
    )


@readable
def log(request: HttpRequest, day: str = "") -> HttpResponseBase:
    """The public log: all lines of all files, which its root is over. For everybody."""
    publication = _publication(day)
    return _answer(
        request,
        publication,
        f'"{bytes(publication.public_root).hex()}"',
        lambda: _stream(request, log_of(publication.day), "text/plain; charset=utf-8"),
        dated=bool(day),
    )


@readable
def described(request: HttpRequest, what: str, day: str = "") -> HttpResponseBase:
    """Roots, schemas, the catalogue entry, the feed. For everybody."""
    publication, address = (
        _publication(day),
        data_files.address_of(request.build_absolute_uri("/").rstrip("/")),
    )
    make: dict[str, Callable[[], Any]] = {
        "integritas": queries.integrity,
        "datapackage": lambda: data_files.package(queries.files_of(publication.day)),
        "skema": data_files.schema,
        "dcat": lambda: data_files.catalogue(publication, queries.files_of(publication.day), address),
        "feed": lambda: data_files.feed(address),
    }
    kind = {"dcat": "application/ld+json", "feed": "application/feed+json"}.get(what, "application/json")
    tag = f'W/"{bytes(publication.public_root).hex()}-{what}"'
    return _answer(request, publication, tag, lambda: _json(make[what](), kind), dated=bool(day))


def _publication(day: str) -> Publication:
    """The day in the address, or the newest; 404."""
    try:
        found = queries.published(date.fromisoformat(day)) if day else queries.newest()
    except ValueError:
        found = None
    if found is None:
        raise Http404
    return found


def _file(day: str, name: str) -> tuple[Publication, PublishedFile]:
    publication = _publication(day)
    file = queries.file_of(publication.day, name)
    if file is None:
        raise Http404
    return publication, file


def _answer(
    request: HttpRequest, publication: Publication, tag: str, make: Callable[[], Any], *, dated: bool
) -> HttpResponseBase:
    modified = int(publication.closed_at.timestamp())
    if request.method == "OPTIONS":
        response: Any = HttpResponse(status=204)
        response.headers["Access-Control-Allow-Methods"] = "GET, HEAD"
        response.headers["Access-Control-Allow-Headers"] = "If-None-Match, If-Modified-Since"
    else:
        response = get_conditional_response(request, etag=tag, last_modified=modified) or make()
        response.headers["ETag"] = tag
        response.headers["Last-Modified"] = publication.closed_at.strftime("%a, %d %b %Y %H:%M:%S GMT")
        response.headers["Cache-Control"] = FOR_EVER if dated else NEWEST
        response.headers["Link"] = f'<{data_files.LICENCE}>; rel="license"'
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "ETag, Last-Modified, Link"
    return response  # type: ignore[no-any-return]


def _stream(request: HttpRequest, parts: Iterable[str], kind: str, size: int = 0) -> StreamingHttpResponse:
    response = StreamingHttpResponse(() if request.method == "HEAD" else parts, content_type=kind)
    if size:
        response.headers["Content-Length"] = str(size)
    return response


def _json(said: Any, kind: str = "application/json") -> JsonResponse:
    return JsonResponse(said, safe=False, content_type=kind, json_dumps_params={"ensure_ascii": False})


def _rows_of(file: PublishedFile) -> list[dict[str, Any]]:
    lines = "".join(text_of(file)).splitlines()
    return [
        row | {"jumlah": int(row["jumlah"]), "di_luar_buku": int(row["di_luar_buku"])}
        for row in csv.DictReader(lines)
    ]
