"""What the phone's script asks: the PIN's answer, the take-over, and the sending of attempts."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from tracking.public.answer import personal
from tracking.refusals import Refused

from ..actions.attempt import Answer, book_from_phone
from ..actions.round import begin_by_phone
from ..models import Link
from . import entry, package, parse
from .answers import told, with_link


@require_POST
@sensitive_post_parameters()
@with_link
def enter(request: HttpRequest, link: Link) -> HttpResponse:
    """A PIN: the round's key and cards, or how many tries are left (0: locked)."""
    try:
        pin = parse.json_object(request.body).get("pin")
    except parse.BadSending:
        return told(400)
    tried = entry.try_pin(link, pin if isinstance(pin, str) else "")
    if not tried.right:
        return told(403, left=tried.left)
    return _package(link)


@require_POST
@with_link
def take_over(request: HttpRequest, link: Link) -> HttpResponse:
    """The count that the courier confirmed: the cards go out. Signed."""
    if not entry.is_signed(link, request):
        return told(403)
    try:
        counted = parse.json_object(request.body).get("count")
    except parse.BadSending:
        return told(400)
    try:
        begin_by_phone(link, counted=counted if isinstance(counted, int) and 0 < counted < 1000 else 0)
    except Refused as refused:
        return told(409, message=str(refused))
    link.round.refresh_from_db()
    return _package(link)


@csrf_exempt
@require_POST
def send(request: HttpRequest, token: str) -> HttpResponse:
    """Attempts, signed with the round's key. Of a dead link they are kept for the officer, and nothing is told."""
    link = entry.living(token) or entry.lately_dead(token)
    if link is None or not entry.is_signed(link, request):
        raise Http404
    try:
        sent = parse.sending(request.body)
    except parse.BadSending:
        return personal(told(400))
    answers = book_from_phone(link, sent.said, sent_at=sent.sent_at)
    if entry.living(token) is None:
        return personal(told(received=True))
    link.round.refresh_from_db()
    listed = {str(uid): answer._asdict() for uid, answer in answers.items()}
    listed |= {uid: Answer("refused", "")._asdict() for uid in sent.nameless}
    return personal(told(answers=listed, now=timezone.now().isoformat(), cards=package.progress(link.round)))


def _package(link: Link) -> HttpResponse:
    if not link.round.waits_for_take_over:
        entry.looked(link)
    return told(**package.package(link))
