"""Idempotency keys: the same again does nothing twice, whoever asks at the same time, and whatever was killed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connections
from django.utils import timezone

from integration import keeping
from integration.api import places
from integration.models import Batch, Delivery
from tests.builders import sql
from tests.integration.feeds import BUDI, SITI, as_csv, row
from tracking.models import Card

from .partner import Partner, code


def at_work(partner: Partner, seconds: int = 20) -> Delivery:
    """A delivery that another request holds."""
    until = timezone.now() + timedelta(seconds=seconds)
    return Delivery.objects.create(token=partner.token, key=uuid4(), holder=uuid4(), held_until=until)


@pytest.mark.django_db
class TestOneAfterAnother:
    def test_the_same_key_and_body_again_is_answered_alike(self, partner: Partner) -> None:
        first, again = (partner.send(row(), key="k") for _ in range(2))
        assert (first.status_code, again.status_code) == (201, 200)
        assert again.json() == first.json()
        assert again["Idempotent-Replayed"] == "true"
        assert "Idempotent-Replayed" not in first
        assert Batch.objects.count() == 1

    def test_packed_or_not_it_is_the_same_body(self, partner: Partner) -> None:
        body = as_csv(row()).encode()
        partner.send_body(body, key="k")
        assert partner.send_body(body, key="k", packed=True).status_code == 200

    def test_another_body_is_refused(self, partner: Partner) -> None:
        partner.send(row(), key="k")
        answer = partner.send(row(NIK=BUDI), key="k")
        assert (answer.status_code, code(answer)) == (409, "key_reused")
        assert Card.objects.count() == 1

    def test_the_same_text_of_another_form_is_another_body(self, partner: Partner) -> None:
        body = as_csv(row()).encode()
        partner.send_body(body, key="k")
        assert code(partner.send_body(body, key="k", media_type="application/x-ndjson")) == "key_reused"

    def test_a_key_belongs_to_its_token(self, partner: Partner) -> None:
        partner.send(row(), key="k")
        assert Partner.made("lain").send(row(NIK=BUDI), key="k").status_code == 201

    def test_nothing_of_key_and_body_is_kept_in_the_clear(self, partner: Partner) -> None:
        partner.send(row(), row(NIK="1"), key=f"kirim-{SITI}")
        for table in (
            "integration_delivery",
            "integration_batch",
            "integration_rejectchunk",
            "integration_token",
        ):
            stored = " ".join(str(one) for one in sql(f"SELECT t::text FROM {table} t"))
            assert SITI not in stored
            assert SITI.encode().hex() not in stored

    def test_after_30_days_a_key_begins_anew(self, partner: Partner) -> None:
        partner.send(row(), key="k")
        Delivery.objects.update(created_at=timezone.now() - timedelta(days=29, hours=23))
        keeping.let_go()
        assert partner.send(row(), key="k").status_code == 200
        Delivery.objects.update(created_at=timezone.now() - timedelta(days=30, minutes=1))
        keeping.let_go()
        assert partner.send(row(), key="k").status_code == 201

    def test_while_it_is_at_work_the_same_key_waits(self, partner: Partner) -> None:
        partner.send(row(), key="k")
        Delivery.objects.update(held_until=timezone.now() + timedelta(seconds=20))
        answer = partner.send(row(), key="k")
        assert (answer.status_code, code(answer), answer["Retry-After"]) == (409, "key_at_work", "2")

    def test_the_third_at_a_time_waits(self, partner: Partner) -> None:
        at_work(partner)
        assert partner.send(row()).status_code == 201
        at_work(partner)
        answer = partner.send(row(NIK=BUDI))
        assert (answer.status_code, code(answer), answer["Retry-After"]) == (429, "two_at_work", "2")

    def test_what_waits_for_the_worker_counts_too(self, partner: Partner) -> None:
        for _ in range(2):
            held = at_work(partner, -1)
            held.batch = Batch.objects.create(source=partner.token.source, state="confirmed", door="api")
            held.save()
        assert code(partner.send(row())) == "two_at_work"

    def test_another_token_is_not_kept_by_it(self, partner: Partner) -> None:
        at_work(partner)
        at_work(partner)
        assert Partner.made("lain").send(row()).status_code == 201

    def test_what_is_large_leaves_web_workers_to_citizens(self, partner: Partner, monkeypatch) -> None:
        rejects = partner.send(row(NIK="1"))["Location"] + "/rejects"
        with monkeypatch.context() as patched:
            patched.setattr(places, "count", lambda: 0)  # all are taken
            for answer in (partner.send_body(b"x" * 70_000), partner.get(rejects)):
                assert (answer.status_code, code(answer), answer["Retry-After"]) == (429, "busy", "2")
            assert partner.send(row()).status_code == 201
        assert partner.send_body(b"x" * 70_000).status_code == 422
        assert partner.get(rejects).getvalue()

    @pytest.mark.parametrize(("workers", "count"), [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3), (17, 15)])
    def test_some_web_workers_are_always_left(self, workers: int, count: int, settings) -> None:
        settings.WEB_WORKERS = workers
        assert places.count() == count

    def test_whoever_was_killed_gives_its_place_up(self, partner: Partner) -> None:
        partner.send_body(b"", key="k")  # to have the key's row
        Delivery.objects.update(batch=None, body=None, held_until=timezone.now() + timedelta(seconds=20))
        assert code(partner.send(row(), key="k")) == "key_at_work"
        Delivery.objects.update(held_until=timezone.now() - timedelta(seconds=1))
        assert partner.send(row(), key="k").status_code == 201

    def test_one_that_was_given_up_cannot_commit_any_more(self, partner: Partner, monkeypatch) -> None:
        def another_takes_over(request, body, **options):
            body.add(as_csv(row()).encode(), True)
            Delivery.objects.update(holder=uuid4())

        monkeypatch.setattr("integration.api.sending.receive", another_takes_over)
        answer = partner.send(row(), key="k")
        assert (answer.status_code, code(answer)) == (409, "key_at_work")
        assert not Card.objects.exists()
        assert not Batch.objects.exists()


def test_one_key_at_eight_doors_is_taken_in_once(committed: None) -> None:
    partner = Partner.made()

    def send(number: int) -> int:
        try:
            other = Partner(partner.token, partner.words)
            status: int = other.send(row(), key="k").status_code
            return status
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(send, range(8)))
    assert statuses.count(201) == 1
    assert set(statuses) <= {200, 201, 409}
    assert (Batch.objects.count(), Card.objects.count()) == (1, 1)


def test_of_eight_keys_at_once_never_more_than_two_are_at_work(committed: None) -> None:
    partner = Partner.made()

    def send(number: int) -> int:
        try:
            other = Partner(partner.token, partner.words)
            status: int = other.send(row(), key=f"k{number}").status_code
            return status
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(send, range(8)))
    assert set(statuses) <= {201, 429}
    assert Batch.objects.count() == statuses.count(201) >= 2
    assert not Delivery.objects.filter(batch__isnull=True).exists()


def test_two_partners_who_send_the_same_people_at_once(committed: None) -> None:
    partners = [Partner.made("a"), Partner.made("b")]
    people = [row(NIK=f"32750101019000{n:02}") for n in range(1, 41)]

    def send(partner: Partner) -> tuple[int, int]:
        try:
            summary = partner.send(*people).json()
            return summary["created"], summary["unchanged"]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(send, partners))
    assert said == [(0, 40), (40, 0)]
    assert Card.objects.count() == 40
