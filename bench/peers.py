"""The pages that the status page is measured against."""

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse

from tracking import tokens
from tracking.models import Card, Event, Freshness, Office, Ticket
from tracking.public import status_page
from tracking.public.answer import language_of, personal


def empty(request: HttpRequest) -> HttpResponse:
    """Nothing at all: how much the load itself can ask for."""
    return HttpResponse("ok")


def look_up(request: HttpRequest, card_id: int) -> HttpResponse:
    """One look-up by an index."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT stage, since FROM tracking_card WHERE id = %s", [card_id])
        stage, since = cursor.fetchone()
    return HttpResponse(f"{stage} {since}")


def plain(request: HttpRequest, token: str) -> HttpResponse:
    """The same page as anybody would write it: ORM and templates; without limits, the position from the counters."""
    link = tokens.read(token)
    card = Card.objects.select_related("citizen", "place").filter(pk=link.card_id, token_version=link.version).first()
    if card is None:
        raise Http404
    ticket = Ticket.objects.filter(pk=card.pk).first()
    office = Office.objects.filter(pk=card.place_id if card.stage == "RETURNED" else 0).first()
    events = Event.objects.filter(card_id=card.pk).order_by("id")
    freshness = Freshness.objects.first()
    place = None
    if ticket and card.stage == "WAITING_FOR_BLANK" and not card.blocked:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT tracking_position(%s::smallint, %s, %s)", [ticket.kecamatan_id, ticket.letter, ticket.number]
            )
            place = cursor.fetchone()[0]
    found = status_page.Card(
        wait=0,
        stage=card.stage,
        code=card.code or "",
        kind=card.kind,
        blocked=card.blocked,
        outside=card.outside_ledger and not card.outside_confirmed,
        name=card.citizen.name,
        kecamatan=card.place.name,
        slug=card.place.slug,
        recorded=int(card.citizen.recorded_at.timestamp()),
        letter=ticket.letter if ticket else None,
        number=ticket.number if ticket else None,
        place=place,
        office=office.name if office else None,
        office_address=office.address if office else None,
        office_hours=office.hours if office else None,
        data_at=int(freshness.at.timestamp()) if freshness else None,
        steps=" ".join(
            f"{e.id},{e.to_stage},{int(e.since.timestamp())},{int(e.at.timestamp())},{e.corrects or 0},{int(e.code is not None)}"
            for e in events
        ),
    )
    address = request.get_host() + request.path_info
    return personal(HttpResponse(status_page.whole(found, language_of(request), address)))
