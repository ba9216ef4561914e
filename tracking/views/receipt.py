"""`/tanda-terima/<token>/`: the status page and what only the holder of the receipt should see and do."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from .. import actions, limits, receipts
from ..actions import contacts
from ..models import Card, Case, Contact
from ..public import holder, status_page
from ..public.answer import come_back, dead_link, language_of, page, personal
from ..publication.proofs import proofs as proofs_of
from ..refusals import Refused
from ..tokens import Link
from .lookup import is_ours


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("text", "where", "code")
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """The holder's page; POST does one of DEEDS. A dead token costs as much as a wrong look-up."""
    opened = _open(request, token)
    if isinstance(opened, HttpResponse):
        return opened
    card, shown = opened
    if request.method != "POST":
        return _page(request, card, shown)
    if not is_ours(request.headers.get("Origin"), request.get_host()):
        return personal(page(request, "foreign.html", status=403))
    deed = DEEDS.get(request.POST.get("act", ""))
    if deed is None:
        return _page(request, card, shown)
    try:
        deed(card, request)
    except Refused as refused:
        return _page(request, card, shown, fault=str(refused), act=request.POST["act"], status=422)
    answer = HttpResponseRedirect(f"{request.path}#{request.POST['act']}")
    answer.status_code = 303
    return personal(answer)


@require_safe
def proofs(request: HttpRequest, token: str) -> HttpResponse:
    """`bukti.json`: that the card's published events are under the published roots. For the holder of the receipt."""
    opened = _open(request, token)
    if isinstance(opened, HttpResponse):
        return opened
    answer = JsonResponse(proofs_of(opened[0].pk))
    answer.headers["Content-Disposition"] = 'attachment; filename="bukti.json"'
    return personal(answer)


def _open(request: HttpRequest, token: str) -> tuple[Card, status_page.Card] | HttpResponse:
    """What a token opens, or the answer to one that opens nothing or comes too often."""
    try:
        card = Card.objects.get(pk=receipts.read(token).card_id)
        shown = status_page.read(Link(card.pk, card.token_version), limits.misses_key(request))
    except LookupError:
        status_page.miss(limits.misses_key(request))
        return dead_link(request)
    return come_back(request, shown) if isinstance(shown, float) else (card, shown)


@require_http_methods(["GET", "HEAD", "POST"])
def stop_news(request: HttpRequest, token: str) -> HttpResponse:
    """`/berhenti/<token>/`: one tap ends the messages. GET asks first: mail programs open links by themselves."""
    try:
        contact = contacts.of_stop_token(token)
    except LookupError:
        return dead_link(request)
    if request.method == "POST":
        contacts.end(contact)
    ended = not Contact.objects.filter(pk=contact, ended_at__isnull=True).exists()
    return personal(page(request, "stop_news.html", ended=ended))


def _page(
    request: HttpRequest, card: Card, shown: status_page.Card, *, status: int = 200, **more: Any
) -> HttpResponse:
    language = language_of(request)
    more |= {"holder": holder.read(card, language), "typed": request.POST}
    address = request.get_host() + request.path_info
    return personal(HttpResponse(status_page.holders(shown, language, address, more), status=status))


def _report(card: Card, request: HttpRequest) -> None:
    text = request.POST.get("text", "")
    actions.open_case(card.pk, kind=Case.Kind.NOT_RECEIVED, by_receipt=True, text=text)


def _object(card: Card, request: HttpRequest) -> None:
    actions.open_case(card.pk, kind=Case.Kind.OBJECTION, by_receipt=True, text=request.POST.get("text", ""))


def _ask(card: Card, request: HttpRequest) -> None:
    contacts.ask(card.pk, where=request.POST.get("where", ""), language=language_of(request))


def _confirm(card: Card, request: HttpRequest) -> None:
    contacts.confirm(card.pk, code=request.POST.get("code", ""))


def _end(card: Card, request: HttpRequest) -> None:
    for contact in Contact.objects.filter(card_id=card.pk, ended_at__isnull=True):
        contacts.end(contact.pk)


DEEDS: dict[str, Callable[[Card, HttpRequest], None]] = {
    "lapor": _report,
    "keberatan": _object,
    "kabar": _ask,
    "kode": _confirm,
    "berhenti": _end,
}
