"""The pages that the status page is measured against."""

from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from tracking import tokens
from tracking.models import Card, Event, Freshness, Kecamatan, Ticket
from tracking.public import texts
from tracking.public.answer import language_of, personal
from tracking.public.way import USUAL
from tracking.stages import Stage


def empty(request: HttpRequest) -> HttpResponse:
    """Nothing at all: how much the load itself can ask for."""
    return HttpResponse("ok")


def insert(request: HttpRequest) -> HttpResponse:
    """The rows of a small file in a plain table, as they are."""
    rows = [line.split(",") for line in request.body.decode().splitlines()[1:]]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO peer_ten VALUES (%s, %s, %s, %s)", [(r[0], r[1], r[6], r[7]) for r in rows]
        )
    return JsonResponse({"created": len(rows)}, status=201)


def look_up(request: HttpRequest, card_id: int) -> HttpResponse:
    """One look-up by an index."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT stage, since FROM tracking_card WHERE id = %s", [card_id])
        stage, since = cursor.fetchone()
    return HttpResponse(f"{stage} {since}")


def plain(request: HttpRequest, token: str) -> HttpResponse:
    """The page as anybody would write it: ORM and the template; no limits, the position from the counters."""
    link = tokens.read(token)
    card = get_object_or_404(
        Card.objects.select_related("citizen"), pk=link.card_id, token_version=link.version
    )
    kecamatan = Kecamatan.objects.get(pk=card.place)
    ticket = Ticket.objects.filter(pk=card.pk).first()
    events = list(Event.objects.filter(card_id=card.pk).order_by("id"))
    look = texts.look(card.stage, card.code or "", card.kind)
    notice = texts.notice(card.stage, card.blocked, card.outside_ledger and not card.outside_confirmed)
    words = texts.words(look, notice)
    freshness = Freshness.objects.filter(pk=card.kecamatan_id).first()
    values: dict[str, Any] = {
        "initials": card.citizen.initials,
        "kecamatan": kecamatan.name,
        "slug": kecamatan.slug,
        "number": str(ticket or ""),
        "place": _position(ticket) if ticket and card.stage == Stage.WAITING_FOR_BLANK else "",
        "data_at": _date(freshness.at) if freshness else "",
        "since": _date(card.since),
        "office": _("Disdukcapil Kota Bekasi"),
        "help": "/bantuan/",
        "report": f"{request.path}lapor/",
    }
    values["place_shown"] = values["place"]
    said = {name: str(text) % values for name, text in words._asdict().items()}
    context = {
        **values,
        **said,
        "stage": card.stage,
        "action": texts.action(look, notice),
        "queued": bool(values["place"]),
        "fallback": texts.FALLBACK[""] if values["place"] else "",
        "steps": _way(card, events),
        "history": [
            {"label": e.get_to_stage_display(), "since": _date(e.since), "office": texts.OFFICES["centre"]}
            for e in events
        ],
        "address": request.build_absolute_uri(),
        "other_address": f"/en{request.path}",
        "language": language_of(request),
        "demo": settings.DEMO,
    }
    return personal(render(request, "public/status.html", context))


def _position(ticket: Ticket) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tracking_position(%s::smallint, %s, %s)",
            [ticket.kecamatan_id, ticket.letter, ticket.number],
        )
        place: int = cursor.fetchone()[0]
        return place


def _way(card: Card, events: list[Event]) -> list[dict[str, object]]:
    reached = {e.to_stage: e.since for e in events}
    steps = []
    for stage in USUAL:
        state = "now" if stage == card.stage else "done" if stage in reached else "later"
        since = _date(reached[stage]) if stage in reached else ""
        steps.append(
            {"label": stage.label, "state": state, "state_word": texts.STATES[state], "since": since}
        )
    return steps


def _date(moment: Any) -> str:
    return f"{localtime(moment):%d %B %Y %H.%M}"
