"""Couriers: 200 attempts in one sending beside one by one, eight couriers at once beside one, and the weight of their page."""

import hmac
import json
import re
import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.request import Request, urlopen

from django.utils import timezone

from .. import cluster, sizes
from .. import site as sites
from ..results import Row, middle, row

CARDS = 200 // (10 if sizes.QUICK else 1)
COURIERS = 8
OUTCOMES = ("delivered", "not_home", "delivered", "refused", "moved")
ACTOR = "source:bench"


def sync() -> Iterator[Row]:
    """One sending of 200 attempts, and the same through the ORM, a transaction for each; every guarantee is on."""
    from delivery.actions.attempt import book_from_phone

    bulk: list[float] = []
    single: list[float] = []
    with cluster.cloned(cluster.empty(), "bench_sync") as name, cluster.using(name):
        for turn in range(2 * sizes.REPETITIONS + 1):
            ours, theirs = _walk(), _walk()
            said = _said(ours)
            cluster.settle()
            started = time.perf_counter()
            answers = book_from_phone(ours.link, said, sent_at=timezone.now())
            bulk.append(CARDS / (time.perf_counter() - started))
            if {answer.verdict for answer in answers.values()} != {"booked"}:
                raise RuntimeError("Not every attempt was booked.")
            started = time.perf_counter()
            _one_by_one(theirs)
            single.append(CARDS / (time.perf_counter() - started))
            if not turn:  # the first one warms
                bulk.clear()
                single.clear()
    note = f"{CARDS} attempts in one request; peer: one save() and transaction each"
    yield row("sync", middle(bulk), middle(single), "attempts/s", "≥ 10", note)


def sync_writers() -> Iterator[Row]:
    """Eight couriers send at once to the site, and one alone sends as much."""
    from delivery.models import Attempt
    from tracking.models import Event

    many: list[float] = []
    alone: list[float] = []
    sent = 0
    with (
        cluster.cloned(cluster.empty(), "bench_sync_writers") as name,
        cluster.using(name),
        sites.serving(name) as port,
    ):
        for turn in range(sizes.REPETITIONS + 1):
            phones = [_Phone(_walk(), port) for _ in range(COURIERS)]
            others = [_Phone(_walk(), port) for _ in range(COURIERS)]
            sent += 2 * COURIERS * CARDS
            cluster.settle()
            started = time.perf_counter()
            for phone in others:
                phone.send()
            took_alone = time.perf_counter() - started
            started = time.perf_counter()
            with ThreadPoolExecutor(COURIERS) as pool:
                list(pool.map(_Phone.send, phones))
            took = time.perf_counter() - started
            if turn:  # the first one warms
                many.append(COURIERS * CARDS / took)
                alone.append(COURIERS * CARDS / took_alone)
        booked = Attempt.objects.filter(verdict="booked").count()
        final = Event.objects.filter(to_stage__in=("DELIVERED", "RETURNED")).count()
    wrong = abs(sent - booked) + abs(sent * 4 // 5 - final)
    note = f"{COURIERS} couriers with {CARDS} attempts each at once beside one after the other; {wrong} lost or doubled"
    yield row("sync_writers", middle(many), middle(alone), "attempts/s", "≥ 1.5", note, holds=not wrong)


def courier_weight() -> Iterator[Row]:
    """What a phone loads first: the page, its scripts, its style, and the service worker."""
    with (
        cluster.cloned(cluster.empty(), "bench_weight") as name,
        cluster.using(name),
        sites.serving(name) as port,
    ):
        walk = _walk()
        page = _fetched(port, f"/kurir/{walk.token}/")
        files = re.findall(r'(?:src|href)="(/static/[^"]+)"', page.decode())
        weights = [_weight(port, f"/kurir/{walk.token}/"), _weight(port, "/kurir/sw.js")]
        weights += [_weight(port, file) for file in files]
    note = f"{len(weights)} files, compressed as the site sends them"
    yield row("courier_weight", sum(weights) / 1024, None, "KB", "≤ 60", note, of_ours=True)


class _Phone:
    """One courier's phone with an attempt at every door, as it sends them."""

    def __init__(self, walk: Any, port: int) -> None:
        from delivery import keys

        attempts = [
            {
                "id": str(one.uid),
                "card": one.place,
                "outcome": one.outcome,
                "to": one.recipient,
                "at": one.at.isoformat(),
                "ok": True,
            }
            for one in _said(walk)
        ]
        self.body = json.dumps({"now": timezone.now().isoformat(), "attempts": attempts}).encode()
        key = keys.signing_key(keys.opened(walk.link.key_sealed))
        self.mark = hmac.new(key, self.body, "sha256").hexdigest()
        self.address = f"http://127.0.0.1:{port}/kurir/{walk.token}/kirim"

    def send(self) -> None:
        headers = {"Content-Type": "application/json", "X-Tanda-Tangan": self.mark}
        with urlopen(Request(self.address, self.body, headers), timeout=60) as answer:
            told = json.load(answer)
        if {said["verdict"] for said in told["answers"].values()} != {"booked"}:
            raise RuntimeError("Not every attempt was booked.")


def _walk() -> Any:
    """A round that is out, of cards made for it."""
    from delivery.actions import round as rounds
    from staff.models import User

    officer, _made = User.objects.get_or_create(username="bench-petugas", defaults={"kecamatan_id": 1})
    today = timezone.localdate()
    courier = rounds.add_courier(
        by=officer,
        kecamatan=1,
        name="Pak Darto",
        phone="",
        letter_number="1",
        valid_from=today,
        valid_until=today,
    )
    its_round = rounds.make_round(by=officer, request=uuid.uuid4(), courier=courier, cards=_cards())
    walk = rounds.open_link(its_round, by=officer)
    rounds.begin_by_phone(walk.link, counted=CARDS)
    return walk


def _cards() -> list[int]:
    from django.db import connection

    from tracking.actor import acting

    with acting(by=ACTOR, source="bench"), connection.cursor() as cursor:
        cursor.execute(
            """WITH citizen AS (
                INSERT INTO tracking_citizen (nik_index, nik_sealed, name, kelurahan_id, recorded_at)
                SELECT gen_random_uuid(), '', 'ANI', 11001, now() FROM generate_series(1, %s) RETURNING id)
            INSERT INTO tracking_card (citizen_id, kind, stage, since, requested_at, kecamatan_id, token_version, blocked,
                outside_ledger, outside_confirmed, draws)
            SELECT id, 'BARU', 'AT_KECAMATAN', now() - interval '1 day', now(), 1, 1, false, false, false, false
            FROM citizen RETURNING id""",
            [CARDS],
        )
        cards = [card for (card,) in cursor.fetchall()]
        cursor.execute("UPDATE tracking_card SET outside_confirmed = true WHERE id = ANY (%s)", [cards])
    return cards


def _said(walk: Any) -> Sequence[Any]:
    from delivery.actions.attempt import Said
    from delivery.models import RoundCard

    places = RoundCard.objects.filter(round=walk.link.round).order_by("position").values_list("pk", flat=True)
    return [
        Said(
            uid=uuid.uuid4(),
            place=place,
            outcome=OUTCOMES[n % 5],
            at=timezone.now(),
            recipient="holder" if OUTCOMES[n % 5] == "delivered" else "",
        )
        for n, place in enumerate(places)
    ]


def _one_by_one(walk: Any) -> None:
    from delivery.models import Attempt
    from tracking.actor import acting

    for one in _said(walk):
        with acting(by=walk.link.courier.actor_name, source="kurir"):
            attempt = Attempt(
                uid=one.uid,
                round_id=walk.link.round_id,
                place_id=one.place,
                link_id=walk.link.pk,
                courier_id=walk.link.courier_id,
                outcome=one.outcome,
                recipient=one.recipient,
                phone_at=one.at,
                sent_at=timezone.now(),
            )
            attempt.save()
        attempt.refresh_from_db()
        if attempt.verdict != "booked":
            raise RuntimeError("Not every attempt was booked.")


def _fetched(port: int, path: str, **headers: str) -> bytes:
    with urlopen(Request(f"http://127.0.0.1:{port}{path}", headers=headers), timeout=30) as answer:
        body: bytes = answer.read()
        return body


def _weight(port: int, path: str) -> int:
    """Bytes of the body as a browser gets it."""
    return len(_fetched(port, path, **{"Accept-Encoding": "gzip, deflate, br"}))
