"""The courier's pages without our script: the same forms, with reception."""

from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from staff.typed import number_in
from tracking.models import Office
from tracking.refusals import Refused

from ..actions.attempt import Unreadable, book_from_phone
from ..actions.round import begin_by_phone
from ..models import Link, Verdict
from . import entry, package, parse
from .answers import page, shell, with_link, with_pin
from .assets import assets, version

LEFT = "PIN salah. Sisa {} kali mencoba."
LOCKED = "Tautan ini terkunci karena PIN salah lima kali. Telepon petugas kecamatan untuk membukanya."


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("pin")
@with_link
def round_page(request: HttpRequest, link: Link) -> HttpResponse:
    """The PIN is asked; then the list of cards, or the count that begins the round."""
    if request.method == "POST":
        tried = entry.try_pin(link, request.POST.get("pin", ""))
        if not tried.right:
            error = LEFT.format(tried.left) if tried.left else LOCKED
            return shell(request, status=422, error=error)
        return entry.let_in(_see_other(request.path_info), request, link)
    if not entry.is_in(request, link):
        return shell(request)
    if link.round.waits_for_take_over:
        return _count_page(request, link)
    entry.looked(link)
    doors = package.doors(link.round)
    left = [door for door in doors if not door.done]
    said = _ANSWERS.get(request.GET.get("hasil", ""), "")
    return page(request, "daftar.html", link=link, doors=doors, left=left, office=_office(link), said=said)


_ANSWERS = {
    Verdict.BOOKED: "Terkirim dan dicatat.",
    Verdict.AGREES: "Sudah dicatat sebelumnya, hasilnya sama.",
    Verdict.REVIEW: "Diterima. Petugas akan memeriksanya; Anda tidak perlu berbuat apa-apa.",
    "refused": "Tidak dapat dicatat. Beri tahu petugas kecamatan.",
}


def _count_page(request: HttpRequest, link: Link, *, status: int = 200, error: str = "") -> HttpResponse:
    stays = package.held_back(link.round)
    return page(
        request, "hitung.html", status=status, link=link, stays=stays, error=error, office=_office(link)
    )


@require_POST
@with_pin
def begin(request: HttpRequest, link: Link) -> HttpResponse:
    """The count that the courier confirms: the cards go out."""
    try:
        begin_by_phone(link, counted=number_in(request.POST.get("jumlah", "").strip(), 8) or 0)
    except Refused as refused:
        link.round.refresh_from_db()
        return _count_page(request, link, status=422, error=str(refused))
    return _see_other(_home(request))


@require_http_methods(["GET", "HEAD"])
@with_pin
def card_page(request: HttpRequest, link: Link, place: str) -> HttpResponse:
    """One card: name, address, and the two big buttons."""
    return page(request, "kartu.html", door=_door(link, place), home=_home(request), office=_office(link))


@require_http_methods(["GET", "HEAD", "POST"])
@with_pin
def attempt_page(request: HttpRequest, link: Link, place: str, delivered: bool) -> HttpResponse:
    """What happened at the door; the form has an id of its own, so sending it twice counts once."""
    door = _door(link, place)
    error = ""
    if request.method == "POST":
        said = parse.form(
            request.POST.dict(), request.POST.getlist("ambil"), place=int(place), delivered=delivered
        )
        if not isinstance(said, Unreadable):
            answer = book_from_phone(link, [said], sent_at=timezone.now())[said.uid]
            return _see_other(f"{_home(request)}?hasil={answer.verdict}")
        error = (
            "Pilih kepada siapa kartu diserahkan; untuk keluarga, isi namanya."
            if delivered
            else "Pilih sebabnya."
        )
    return page(
        request,
        "hasil.html",
        status=422 if error else 200,
        door=door,
        delivered=delivered,
        error=error,
        uid=request.POST.get("id") or str(uuid4()),
        home=_home(request),
    )


def shell_page(request: HttpRequest) -> HttpResponse:
    """The page that asks for the PIN, for the phone to keep. Anybody may see it: it says nothing about any round."""
    return shell(request)


@never_cache
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker: the same script with the names of this version's files."""
    return render(
        request,
        "kurir/sw.js",
        {"version": version(), "assets": assets()},
        content_type="text/javascript; charset=utf-8",
    )


def _door(link: Link, place: str) -> package.Door:
    found = None if link.round.waits_for_take_over else package.door(link.round, int(place))
    if found is None:
        raise Http404
    return found


def _office(link: Link) -> Office | None:
    return Office.objects.filter(pk=link.round.kecamatan_id).first()


def _home(request: HttpRequest) -> str:
    assert request.resolver_match
    return reverse("courier", args=[request.resolver_match.kwargs["token"]])


def _see_other(address: str) -> HttpResponse:
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response
