"""Batches that go to the worker: waited for, or told where to look."""

import errno

import pytest
from django.db import OperationalError

from tests.integration.admin.uploading import work
from tests.integration.feeds import SITI, as_csv, card, row
from tracking.models import Card

from .partner import Partner, code

pytestmark = pytest.mark.usefixtures("committed")


def many(count: int) -> bytes:
    head, line = as_csv(row()).splitlines()
    niks = (f"3275{1 + n // 250_000:02}{1 + n // 9000 % 28:02}0190{n % 9000 + 1:04}" for n in range(count))
    return "\n".join([head, *(line.replace(SITI, nik) for nik in niks)]).encode()


def test_what_is_larger_goes_to_the_worker_sealed_and_is_waited_for(partner: Partner, monkeypatch) -> None:
    seen = []

    def a_moment(seconds: float) -> None:
        stored = [p.read_bytes() for p in (Partner.folder()).rglob("*") if p.is_file()]
        seen.append([SITI[:12].encode() in data for data in stored])
        work()

    monkeypatch.setattr("integration.api.taking.time.sleep", a_moment)
    answer = partner.send_body(many(6_000))
    assert (answer.status_code, answer.json()["created"]) == (201, 6_000)
    assert seen == [[False]]
    assert not any(p.is_file() for p in Partner.folder().rglob("*"))


def test_whoever_does_not_want_to_wait_gets_an_address(partner: Partner) -> None:
    answer = partner.send(row(), prefer="respond-async, wait=10")
    assert (answer.status_code, answer.json()["state"]) == (202, "working")
    assert answer["Retry-After"] == "2"
    status = partner.get(answer["Location"])
    assert (status.status_code, status.json()["state"]) == (200, "working")
    work()
    said = partner.get(answer["Location"]).json()
    assert (said["state"], said["created"], said["message"]) == ("applied", 1, "")


def test_what_takes_too_long_is_answered_with_an_address(partner: Partner, monkeypatch) -> None:
    monkeypatch.setattr("integration.api.taking.PATIENCE", 0)
    assert partner.send_body(many(6_000)).status_code == 202


def test_100_000_rows_are_the_most(partner: Partner, monkeypatch) -> None:
    monkeypatch.setattr("integration.api.taking.time.sleep", lambda seconds: work())
    narrow = many(100_001).replace(b"2017-02-01 09:00:00", b"2017-02-01").replace(b" 08:00:00", b"")
    answer = partner.send_body(narrow, packed=True)
    assert (answer.status_code, code(answer)) == (413, "too_many_rows")
    assert not Card.objects.exists()


def test_a_merge_that_takes_long_does_not_keep_a_web_server(partner: Partner, monkeypatch) -> None:
    def locked(*arguments, **options):
        error = OperationalError()
        error.__cause__ = type("Cause", (Exception,), {"pgcode": "55P03"})()
        raise error

    with monkeypatch.context() as patched:
        patched.setattr("integration.doors.take_in", locked)
        patched.setattr("integration.api.taking.PATIENCE", 0)
        assert partner.send(row()).status_code == 202
    work()
    assert card().stage == "RECORDED"


def test_a_disk_that_is_full_is_said(partner: Partner, monkeypatch) -> None:
    def full(self, data):
        raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr("integration.uploads.Writer.write", full)
    answer = partner.send_body(many(6_000))
    assert (answer.status_code, code(answer)) == (507, "storage_full")
