"""Rounds as the officer sees them: what may go out and where it goes, the rounds on their way, what contradicts."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from tracking import sealing
from tracking.models import Card, Kelurahan
from tracking.stages import Stage

from .. import keys
from ..models import Attempt, Courier, Link, Review, Round, RoundCard, Settled, State, Verdict

WITHOUT_NEWS = timedelta(days=1)
"""So long a phone may be silent in a round before the officer calls."""
CLOCK_OFF = timedelta(hours=12)
"""A phone's clock that is off by more than this is shown: the day of what it says may be wrong."""

# what lies at the kecamatan or one of its kelurahan offices, and in no round; those that came back wait at the counter,
# and go out again only if asked for
_THERE = """
    FROM (
        -- one after the other, so that a count with a limit looks at no more cards than it counts; materialized, so that
        -- no parallel workers are started for it: they cost more than they help
        WITH held AS MATERIALIZED (
            SELECT card_id, since FROM delivery_piece WHERE current AND holder = 'kecamatan' AND holder_id = %(own)s
            UNION ALL
            SELECT card_id, since FROM delivery_piece WHERE current AND holder = 'kelurahan'
              AND holder_id = ANY (ARRAY(SELECT k.id FROM tracking_kelurahan k WHERE k.kecamatan_id = %(own)s)))
        SELECT card_id, since FROM held ORDER BY since
    ) p JOIN tracking_card c ON c.id = p.card_id
    LEFT JOIN tracking_citizen z ON z.id = c.citizen_id -- whoever does not ask for the citizen does not look
    WHERE c.place_id = %(own)s AND NOT c.blocked
      AND c.stage = ANY (%(stages)s) AND (c.outside_ledger <= c.outside_confirmed)
      AND NOT EXISTS (SELECT FROM delivery_roundcard r WHERE r.card_id = c.id AND r.ended = '')
      AND NOT EXISTS (SELECT FROM delivery_handovercard l WHERE l.card_id = c.id AND l.open)
"""
FIRST = ["AT_KECAMATAN"]
AGAIN = ["RETURNED"]
BOTH = [*FIRST, *AGAIN]


class Area(NamedTuple):
    """How many cards of one RT may go out; rw and rt are None where nobody wrote them down."""

    kelurahan_id: int
    kelurahan: str
    rw: int | None
    rt: int | None
    cards: int


class Ready(NamedTuple):
    """A card that may go out, with what an officer needs to choose."""

    card_id: int
    name: str
    address: str
    rw: int | None
    rt: int | None
    again: bool


def areas(own: int) -> list[Area]:
    """Where the cards that lie here go, by kelurahan, RW and RT."""
    rows = _rows(
        f"SELECT z.kelurahan_id, z.rw, z.rt, count(*) {_THERE} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3", own, FIRST
    )
    names = dict(Kelurahan.objects.filter(kecamatan=own).values_list("pk", "name"))
    return [Area(key, names.get(key, "Kelurahan lain"), rw, rt, n) for key, rw, rt, n in rows]


def not_divided(own: int, most: int) -> tuple[int, datetime | None]:
    """How many lie here and wait for a round, and since when the oldest does; counted up to a little more than `most`."""
    rows = _rows(
        f"SELECT count(*), min(since) FROM (SELECT p.since {_THERE} ORDER BY p.since LIMIT {int(most) + 1}) x",
        own,
        FIRST,
    )
    return rows[0][0], rows[0][1]


def not_counted_back(own: int, most: int) -> tuple[int, datetime | None]:
    """Cards that a courier of this kecamatan brings back and nobody has counted yet; since when the oldest."""
    carried = RoundCard.objects.filter(
        round__kecamatan=own, round__state__in=(State.OUT, State.ENDED), ended=""
    )
    found = Card.objects.filter(pk__in=carried.values("card_id"), stage=Stage.RETURNED).order_by("since")
    told = found[: most + 1].aggregate(n=Count("pk"), oldest=Min("since"))
    return told["n"], told["oldest"]


def ready(own: int, kelurahan: int, rw: int | None, rt: int | None = None) -> list[Ready]:
    """Cards for one RW (or one RT), in the order of walking: by RT, then by address."""
    rows = _rows(
        f"""SELECT c.id, z.name, z.address_sealed, z.rw, z.rt, c.stage = 'RETURNED' {_THERE}
        AND z.kelurahan_id = %(kelurahan)s AND z.rw IS NOT DISTINCT FROM %(rw)s AND (%(rt)s::int IS NULL OR z.rt = %(rt)s)
        LIMIT 1000""",
        own,
        BOTH,
        kelurahan=kelurahan,
        rw=rw,
        rt=rt,
    )
    found = [
        Ready(card, name.title(), opened(address), its_rw, its_rt, again)
        for card, name, address, its_rw, its_rt, again in rows
    ]
    return sorted(found, key=lambda one: (one.rt is None, one.rt or 0, one.address, one.name))


def without_rt(own: int, most: int = 100) -> list[tuple[int, str, str, str, int | None, int | None]]:
    """Citizens whose card lies here and whose RW or RT nobody wrote down: card, name, address, kelurahan, rw, rt."""
    rows = _rows(
        f"""SELECT c.id, z.name, z.address_sealed, z.kelurahan_id, z.rw, z.rt {_THERE}
        AND (z.rw IS NULL OR z.rt IS NULL) ORDER BY z.kelurahan_id, z.name LIMIT {int(most)}""",
        own,
        FIRST,
    )
    names = dict(Kelurahan.objects.filter(kecamatan=own).values_list("pk", "name"))
    return [
        (card, name.title(), opened(address), names.get(kelurahan, ""), rw, rt)
        for card, name, address, kelurahan, rw, rt in rows
    ]


def open_rounds(own: int) -> QuerySet[Round]:
    """Rounds of this kecamatan that are not closed, oldest first, with how many cards are still in the bag."""
    return (
        Round.objects.filter(kecamatan=own)
        .exclude(state=State.CLOSED)
        .select_related("courier")
        .annotate(
            size=Count("cards", filter=~Q(cards__ended="left_out")),
            left=Count("cards", filter=Q(cards__ended="", cards__result="")),
        )
        .order_by("id")
    )


def silent_links(own: int) -> QuerySet[Link]:
    """Phones that opened a round that is out, and have been silent since."""
    silent = timezone.now() - WITHOUT_NEWS
    return Link.objects.filter(
        round__kecamatan=own, round__state=State.OUT, ended_at__isnull=True, seen_at__lt=silent
    )


def missing(own: int | None) -> QuerySet[RoundCard]:
    """Cards that were not there when the round was counted, and are not settled; of the whole city: None."""
    found = RoundCard.objects.filter(ended="", missing_at__isnull=False)
    return found if own is None else found.filter(round__kecamatan=own)


def reviews(own: int) -> QuerySet[Review]:
    """What phones said and nobody booked."""
    return Review.objects.filter(kecamatan_id=own, settled_at__isnull=True).order_by("id")


def passed_on() -> QuerySet[Review]:
    """What officers passed on and no supervisor has answered, the oldest first."""
    return Review.objects.filter(how=Settled.PASSED_ON, answer="").order_by("settled_at")


class Contradiction(NamedTuple):
    """What a phone said and nobody booked, beside what is on record of that door."""

    review: Review
    said: Attempt | None
    position: int | None
    booked: Attempt | None


def contradictions(found: Sequence[Review]) -> list[Contradiction]:
    """Each of these with what was said and what is booked, if it could be read at all."""
    said = {one.uid: one for one in Attempt.objects.filter(uid__in=[one.uid for one in found])}
    doors = [one.place_id for one in said.values() if one.place_id]
    booked = {
        one.place_id: one
        for one in Attempt.objects.filter(place_id__in=doors, verdict=Verdict.BOOKED).order_by("id")
    }
    positions = dict(RoundCard.objects.filter(pk__in=doors).values_list("pk", "position"))
    return [
        Contradiction(one, told, positions.get(door or 0), booked.get(door))
        for one in found
        for told in [said.get(one.uid)]
        for door in [told.place_id if told else None]
    ]


def couriers(own: int) -> list[Courier]:
    """Couriers of this kecamatan whose letter holds today."""
    today = timezone.localdate()
    return list(
        Courier.objects.filter(
            kecamatan=own, erased_at__isnull=True, valid_from__lte=today, valid_until__gte=today
        )
        .select_related("kelurahan")
        .order_by("kelurahan_id", "rw", "rt", "id")
    )


def name_of(courier: Courier | None) -> str:
    """The name, or the number of one who was erased."""
    return keys.unseal_text(courier.name_sealed, keys.COURIER) or str(courier) if courier else ""


def phone_of(courier: Courier) -> str:
    return keys.unseal_text(courier.phone_sealed, keys.COURIER)


class Line(NamedTuple):
    """One card of a round on the officer's pages and on paper."""

    place: RoundCard
    name: str
    address: str
    where: str
    last: Attempt | None


def lines(its_round: Round) -> list[Line]:
    """The cards of a round in the order of walking, each with its last attempt."""
    places = list(RoundCard.objects.filter(round=its_round).exclude(ended="left_out").order_by("position"))
    cards = Card.objects.filter(pk__in=[place.card_id for place in places]).select_related(
        "citizen__kelurahan"
    )
    by_id: dict[int, Any] = {card.pk: card.citizen for card in cards}
    tried = Attempt.objects.filter(place_id__in=[place.pk for place in places], verdict="booked")
    last = {one.place_id: one for one in tried.order_by("id")}
    return [
        Line(
            place,
            by_id[place.card_id].name.title(),
            opened(by_id[place.card_id].address_sealed),
            _where(by_id[place.card_id]),
            last.get(place.pk),
        )
        for place in places
    ]


def _where(citizen: Any) -> str:
    rt, rw = (f"{n:03}" if n else "–" for n in (citizen.rt, citizen.rw))
    return f"RT {rt}/RW {rw} {citizen.kelurahan.name}"


def opened(blob: bytes | memoryview | None) -> str:
    """An address in the clear."""
    return sealing.unseal(blob, sealing.ADDRESS).decode() if blob else ""


def _rows(sql: str, own: int, stages: list[str], **more: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"own": own, "stages": stages, **more})
        return list(cursor.fetchall())
