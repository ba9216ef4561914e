"""The invented city: whole, believable, in proportion, and the same again for the same seed."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count

from blanks.models import PlannedShipment
from tracking import nik
from tracking.models import (
    Block,
    Card,
    CentralFact,
    CentralWord,
    Citizen,
    Event,
    Forecast,
    ForecastRange,
    Freshness,
    Kelurahan,
    QueueHead,
    Ticket,
)
from tracking.seed import plan
from tracking.seed.clock import DAY, Clock
from tracking.seed.load import seed
from tracking.stages import CENTRAL_STAGE, STOPS, Kind, Letter, Stage
from tracking.verify import verify

from .conftest import TODAY, invent

WITHOUT_SEALS = """
SELECT md5(string_agg(said, '|' ORDER BY said)) FROM (
    SELECT concat_ws(';', 'w', id, nik_index, name, kelurahan_id, rw, rt, recorded_at, address_digest, phone_digest) AS said
        FROM tracking_citizen
    UNION ALL SELECT concat_ws(';', 'c', citizen_id, code, central_from) FROM tracking_centralword
    UNION ALL SELECT concat_ws(';', 'k', id, citizen_id, kind, stage, since, code, requested_at, kecamatan_id, blocked,
        outside_ledger) FROM tracking_card
    UNION ALL SELECT concat_ws(';', 'p', card_id, id, from_stage, to_stage, at, since, code, actor, reason, source,
        left_outside, corrects) FROM tracking_event
    UNION ALL SELECT concat_ws(';', 'n', card_id, kecamatan_id, letter, number, drawn_at) FROM tracking_ticket
    UNION ALL SELECT concat_ws(';', 'f', id, card_id, code, since, at) FROM tracking_centralfact
    UNION ALL SELECT concat_ws(';', 'b', id, card_id, reason, at, lifted_at) FROM tracking_block) all_of_it
"""
LEDGER = """
SELECT md5(string_agg(said, '|' ORDER BY said)) FROM (
    SELECT concat_ws(';', 'm', id, from_account_id, to_account_id, quantity, cause, document_id, batch_id, letter, last_number,
        reason, at, actor) AS said FROM blanks_movement
    UNION ALL SELECT concat_ws(';', 'd', id, kind, number, dated, on_paper, counted, basis, at) FROM blanks_document
    UNION ALL SELECT concat_ws(';', 'r', id, document_id, first, last) FROM blanks_range
    UNION ALL SELECT concat_ws(';', 's', id, movement_id, number, from_place, to_place, card_id, at) FROM blanks_serialmove
    UNION ALL SELECT concat_ws(';', 'b', batch_id, line, card_id, exception, open, left_to, left_why) FROM blanks_batchcard
    UNION ALL SELECT concat_ws(';', 'h', id, batch_id, card_id, outcome, number, at) FROM blanks_result
    UNION ALL SELECT concat_ws(';', 'p', id, card_id, category, at, ended_at) FROM blanks_priority) all_of_it
"""
TOLD = """
SELECT DISTINCT (tracking_expected(t.kecamatan_id, t.letter, t.number, t.drawn_at))[1]
FROM tracking_ticket t JOIN tracking_card c ON c.id = t.card_id WHERE c.stage = 'WAITING_FOR_BLANK'
"""
PEOPLE = "SELECT nik_index, name, kelurahan_id, address_digest FROM tracking_citizen ORDER BY nik_index"


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def test_there_are_as_many_cards_as_asked_for(city: Any) -> None:
    assert Card.objects.count() == 3000


def test_every_invariant_holds(city: Any) -> None:
    assert verify().problems == []


def test_some_who_wait_are_told_days_and_all_plans_lie_ahead(city: Any) -> None:
    assert PlannedShipment.objects.filter(earliest__gt=TODAY, ended_at__isnull=True).count() == 2
    made = Forecast.objects.get()
    assert (made.day, made.why) == (TODAY, "")
    ranges = ForecastRange.objects.filter(forecast_id=made.pk)
    assert ranges.filter(likely__gt=TODAY).values("kecamatan_id").distinct().count() == 12
    told = {expected for (expected,) in _rows(TOLD)}
    assert "range" in told and told <= {"range", "beyond"}


def test_all_stages_codes_letters_kinds_and_places_occur(city: Any) -> None:
    cards = Card.objects.all()
    assert set(cards.values_list("stage", flat=True)) == set(Stage.values)
    assert set(cards.filter(stage=Stage.HELD).values_list("code", flat=True)) == set(STOPS)
    assert set(cards.values_list("kind", flat=True)) == set(Kind.values)
    assert set(Ticket.objects.values_list("letter", flat=True)) == set(Letter.values)
    assert set(Citizen.objects.values_list("kelurahan_id", flat=True)) == set(
        Kelurahan.objects.values_list("id", flat=True)
    )
    said = set(Event.objects.values_list("code", flat=True)) | set(
        CentralFact.objects.values_list("code", flat=True)
    )
    assert said >= set(CENTRAL_STAGE)
    assert Block.objects.filter(lifted_at__isnull=True).exists()
    assert Event.objects.filter(corrects__isnull=False).exists()


def test_the_figures_are_the_citys() -> None:
    of = Counter(plan.FATES)
    waiting = of["waiting"] + of["came back"] + of["withdrawn by a block"] + of["outside not found"]
    received = of["received"] + of["outside received"] + of["outside then received"]

    assert sum(of.values()) == plan.CITY
    assert of["matching"] == 50_000
    assert waiting == 100_000
    assert of["allocated"] < 1_000
    assert 1_590_000 <= received <= 1_600_000
    assert round((received + waiting) / plan.CITY, 3) == 0.94


def test_a_city_has_its_share_of_every_figure(city: Any) -> None:
    n = Counter(Card.objects.values_list("stage", flat=True))
    assert n[Stage.DEDUPLICATING] == 83
    assert n[Stage.WAITING_FOR_BLANK] == 164 + 1 + 1 + 1
    assert n[Stage.BLANK_ALLOCATED] == 2 + 1


@pytest.mark.parametrize("cards", [1, 2, 5, 13, 28, 29, 100, 1_000, 180_000, 1_800_000])
def test_the_plan_adds_up(cards: int) -> None:
    assert sum(sum(fates.values()) for fates in plan.fates(cards, seed=3)) == cards


def test_kecamatan_have_their_share() -> None:
    for fates, residents in zip(plan.fates(1_800_000, 1), plan.RESIDENTS, strict=True):
        assert abs(sum(fates.values()) / 1_800_000 - residents / sum(plan.RESIDENTS)) < 0.0001


def test_niks_are_possible_and_can_be_opened(city: Any) -> None:
    for citizen in Citizen.objects.all()[:300]:
        opened = nik.unseal(citizen.nik_sealed)
        assert nik.parse(opened) == opened
        assert nik.indexes(opened) == [citizen.nik_index]


def test_most_but_not_all_niks_are_of_the_city(city: Any) -> None:
    regions = [nik.unseal(citizen.nik_sealed)[:4] for citizen in Citizen.objects.all()[:500]]
    assert 0.6 < regions.count("3275") / 500 < 0.85


def test_niks_to_try_are_found(city: Any) -> None:
    shown = {example.shows: Citizen.objects.get(nik_index__in=nik.indexes(example.nik)) for example in city}

    assert {f"HELD {code}" for code in STOPS} <= shown.keys()
    for stage in ("DEDUPLICATING", "WAITING_FOR_BLANK", "DELIVERED"):
        assert shown[stage].cards.latest("id").stage == stage


def test_all_of_it_has_happened_by_today(city: Any) -> None:
    clock = Clock(TODAY)
    midnight = clock.moment(clock.midnight)
    event = Event.objects.order_by("-id").first()
    assert event and midnight - timedelta(hours=24) < event.at < midnight
    assert not Event.objects.filter(at__gte=midnight).exists()
    assert not CentralWord.objects.filter(central_until__gte=midnight).exists()
    assert not Block.objects.filter(at__gte=midnight).exists()
    assert Freshness.objects.count() == 12
    assert not Freshness.objects.filter(at__gte=midnight).exists()


def test_matching_takes_weeks(city: Any) -> None:
    took = [
        (ready.since - sent.since).days
        for sent, ready in _steps_in_a_row("DEDUPLICATING", "WAITING_FOR_BLANK")
        if sent.from_stage == "RECORDED"
    ]
    took.sort()
    assert 14 <= took[len(took) // 2] <= 60


def test_events_happen_before_they_are_recorded(city: Any) -> None:
    assert not _rows("SELECT 1 FROM tracking_event WHERE since > at")
    assert not _rows("SELECT 1 FROM tracking_centralfact WHERE since > at")


def test_what_the_centre_said_last_is_kept_with_the_citizen(city: Any) -> None:
    assert not _rows("""
        SELECT w.citizen_id, w.code, said.code FROM tracking_centralword w JOIN tracking_card c USING (citizen_id)
        CROSS JOIN LATERAL (
            SELECT code, since FROM tracking_event e WHERE e.card_id = c.id AND e.code IS NOT NULL AND e.corrects IS NULL
            UNION ALL SELECT code, since FROM tracking_centralfact f WHERE f.card_id = c.id
            ORDER BY since DESC LIMIT 1) said
        WHERE said.since > w.central_from""")


def test_nobody_was_served_before_a_better_number_that_waited(city: Any) -> None:
    tickets = {t.card_id: t for t in Ticket.objects.all()}
    blocks: dict[int, list[Block]] = {}
    for block in Block.objects.all():
        blocks.setdefault(block.card_id, []).append(block)
    waiting: set[int] = set()
    served = 0
    events = [e for e in Event.objects.order_by("id") if e.card_id in tickets]
    batch: dict[tuple[Any, int], list[int]] = {}
    for event in events:
        if event.to_stage == Stage.BLANK_ALLOCATED and event.from_stage == Stage.WAITING_FOR_BLANK:
            batch.setdefault((event.at, tickets[event.card_id].kecamatan_id), []).append(event.card_id)
    judged = set()
    for event in events:
        kecamatan = tickets[event.card_id].kecamatan_id
        key = (event.at, kecamatan)
        if key in batch and key not in judged and event.card_id in batch[key]:
            judged.add(key)
            last = max((tickets[c].letter, tickets[c].number) for c in batch[key])
            better = [
                c
                for c in waiting - set(batch[key])
                if tickets[c].kecamatan_id == kecamatan
                and (tickets[c].letter, tickets[c].number) < last
                and not any(
                    b.at <= event.at and (b.lifted_at is None or b.lifted_at > event.at)
                    for b in blocks.get(c, [])
                )
            ]
            assert not better
            served += len(batch[key])
        if event.to_stage == Stage.WAITING_FOR_BLANK:
            waiting.add(event.card_id)
        else:
            waiting.discard(event.card_id)
    assert served > 150


def test_every_letter_was_served_once(city: Any) -> None:
    served = Event.objects.filter(to_stage=Stage.BLANK_ALLOCATED, from_stage=Stage.WAITING_FOR_BLANK)
    letters = Ticket.objects.filter(card_id__in=served.values("card_id")).values_list("letter", flat=True)
    assert set(letters) == set(Letter.values)
    assert QueueHead.objects.filter(waiting__gt=0).exists()


def test_some_people_have_a_second_card(city: Any) -> None:
    twice = Citizen.objects.annotate(n=Count("cards")).filter(n__gt=1)
    assert twice.count() > 20
    for citizen in twice:
        older, newer = citizen.cards.order_by("id")
        assert older.stage == Stage.DELIVERED
        assert newer.requested_at > older.since
        assert newer.kind != Kind.FIRST


@pytest.mark.parametrize("cards", [1, 3, 28, 31, 70])
def test_small_cities_are_whole_too(committed: None, cards: int) -> None:
    examples = invent(cards, number=1)

    assert Card.objects.count() == cards
    assert verify().problems == []
    assert examples[0].shows == Stage.DEDUPLICATING


def test_the_same_seed_gives_the_same_city(committed: None) -> None:
    invent(400, number=5)
    first = _rows(WITHOUT_SEALS), _rows(LEDGER)

    invent(400, number=5)

    assert (_rows(WITHOUT_SEALS), _rows(LEDGER)) == first


def test_another_seed_gives_another_city(committed: None) -> None:
    seed(200, seed=5, today=TODAY)
    first = {index for index, *_ in _rows(PEOPLE)}

    seed(200, seed=6, today=TODAY)

    assert len(first & {index for index, *_ in _rows(PEOPLE)}) < 20


def test_on_another_day_the_same_people_live_there(committed: None) -> None:
    seed(400, seed=5, today=TODAY)
    people = _rows(PEOPLE)
    stages = Counter(Card.objects.values_list("stage", flat=True))

    seed(400, seed=5, today=TODAY + timedelta(days=37))

    assert _rows(PEOPLE) == people
    assert Counter(Card.objects.values_list("stage", flat=True)) == stages


def test_the_door_is_shut_again(committed: None) -> None:
    invent(100, number=1)

    assert not _rows("SELECT tgname FROM pg_trigger WHERE tgenabled = 'D'")
    assert not _rows("SELECT relname FROM pg_class WHERE relname LIKE 'seed%'")


def test_a_clock_counts_nights() -> None:
    clock = Clock(TODAY)
    noon = clock.at(-3, DAY // 2)
    assert clock.text(clock.feed_after(noon)) == "2026-11-22 23:30:00+07"
    assert [clock.batch(b) - clock.batch(a) for a, b in pairwise(clock.at(-d, 0) for d in (3, 2, 1))] == [
        1,
        1,
    ]


def _steps_in_a_row(first: str, second: str) -> list[tuple[Event, Event]]:
    events = Event.objects.order_by("card_id", "id")
    return [
        (a, b)
        for a, b in pairwise(events)
        if a.card_id == b.card_id and (a.to_stage, b.to_stage) == (first, second) and not b.corrects
    ]
