"""POST /batches: what a batch becomes, and every way in which it is refused."""

import gzip
import io
import json
import zlib
from datetime import timedelta

import pytest
from django.utils import timezone

from integration.models import Batch, Delivery, Token
from integration.tokens import revoke
from tests.integration.feeds import BUDI, DEWI, SITI, as_csv, card, row, said
from tests.people import supervisor
from tracking.models import Card

from .partner import BATCHES, Partner, code

pytestmark = pytest.mark.django_db


def many(count: int) -> bytes:
    head, line = as_csv(row()).splitlines()
    niks = (f"3275{1 + n // 250_000:02}{1 + n // 9000 % 28:02}0190{n % 9000 + 1:04}" for n in range(count))
    return "\n".join([head, *(line.replace(SITI, nik) for nik in niks)]).encode()


def test_a_batch_is_taken_in_and_its_summary_comes_back(partner: Partner) -> None:
    answer = partner.send(row(), row(NIK=BUDI), row(NIK="1"))
    assert answer.status_code == 201
    summary = answer.json()
    assert {k: v for k, v in summary.items() if k not in ("batch", "seconds")} == {
        "source": "siak", "read": 3, "created": 2, "updated": 0, "unchanged": 0, "stale": 0, "rejected": 1,
        "reasons": {"nik_invalid": 1},
    }  # fmt: skip
    assert answer["Location"] == f"{BATCHES}/{summary['batch']}"
    assert Card.objects.count() == 2


def test_its_batch_says_through_which_door_it_came(partner: Partner) -> None:
    partner.send(row())
    batch = Batch.objects.get()
    assert (batch.door, batch.form, batch.state, batch.actor) == ("api", "csv", "applied", "source:siak")


def test_ndjson_has_the_same_names_and_rules(partner: Partner) -> None:
    answer = partner.send_lines(row(), {**row(), "NIK": 3275010203850002}, row(NIK=DEWI, NO_KEC="99"))
    assert answer.status_code == 201
    assert answer.json()["reasons"] == {"nik_invalid": 1, "region_unknown": 1}
    assert "rusak" in partner.get(answer["Location"] + "/rejects").getvalue().decode()


@pytest.mark.parametrize("members", [1, 3])
def test_gzip_is_unpacked(partner: Partner, members: int) -> None:
    text = as_csv(row(), row(NIK=BUDI)).encode()
    cut = len(text) // members + 1
    body = b"".join(gzip.compress(text[at : at + cut]) for at in range(0, len(text), cut))
    answer = partner.send_body(body, **{"content-encoding": "gzip"})
    assert (answer.status_code, answer.json()["created"]) == (201, 2)


@pytest.mark.parametrize("damage", [
    lambda body: body[:-6], lambda body: body[:15], lambda body: b"", lambda body: b"plain text",
    lambda body: body[:20] + b"\xff\xff\xff\xff" + body[24:], lambda body: body + b"more",
])  # fmt: skip
def test_damaged_gzip_is_said_and_its_key_is_free_again(partner: Partner, damage) -> None:
    packed = gzip.compress(as_csv(row()).encode())
    answer = partner.send_body(damage(packed), key="k", **{"content-encoding": "gzip"})
    assert (answer.status_code, code(answer)) == (400, "body_damaged")
    assert not Delivery.objects.exists()
    assert partner.send_body(packed, key="k", **{"content-encoding": "gzip"}).status_code == 201


@pytest.mark.parametrize(
    "media_type", ["text/csv; charset=utf-8", "TEXT/CSV", "application/x-ndjson;charset=utf-8"]
)
def test_parameters_and_case_of_a_media_type_do_not_matter(partner: Partner, media_type: str) -> None:
    body = as_csv(row()) if "csv" in media_type.lower() else json.dumps(row())
    assert partner.send_body(body.encode(), media_type=media_type).status_code == 201


@pytest.mark.parametrize(
    "media_type", ["application/json", "multipart/form-data; boundary=x", "text/plain", "csv"]
)
def test_another_media_type_is_refused(partner: Partner, media_type: str) -> None:
    answer = partner.send_body(b"x", media_type=media_type)
    assert (answer.status_code, code(answer)) == (415, "media_type")


def test_another_encoding_is_refused(partner: Partner) -> None:
    answer = partner.send_body(b"x", **{"content-encoding": "br"})
    assert (answer.status_code, code(answer)) == (415, "encoding")


@pytest.mark.parametrize(("body", "fault"), [
    (b"", "no_rows"), (b"NIK;NAMA\n1;2\n", "column_missing"), (b"\x00\x01\x02\x03", "not_text"),
    (as_csv(row()).encode() + b'"open', "quote_open"), (as_csv(row()).splitlines()[0].encode(), "no_rows"),
])  # fmt: skip
def test_what_cannot_be_read_is_refused_and_kept_as_a_batch(
    partner: Partner, body: bytes, fault: str
) -> None:
    answer = partner.send_body(body, key="k")
    assert (answer.status_code, code(answer), answer.json()["fault"]) == (422, "file_unreadable", fault)
    batch = Batch.objects.get()
    assert (batch.state, batch.fault, batch.message) == ("refused", fault, answer.json()["detail"])
    again = partner.send_body(body, key="k")
    assert (again.status_code, again["Idempotent-Replayed"], again.json()) == (422, "true", answer.json())
    assert Batch.objects.count() == 1


def test_an_xlsx_is_not_a_csv(partner: Partner) -> None:
    assert code(partner.send_body(b"PK\3\4 and more")) == "file_unreadable"


def test_20_mb_are_the_most_unpacked(partner: Partner) -> None:
    bomb = gzip.compress(b"\n" * 20_000_001)
    answer = partner.send_body(bomb, **{"content-encoding": "gzip"})
    assert (answer.status_code, code(answer)) == (413, "too_big")
    assert not Batch.objects.exists()
    assert not any(p.is_file() for p in Partner.folder().rglob("*"))


def test_a_length_that_is_too_large_is_refused_before_reading(partner: Partner, monkeypatch) -> None:
    monkeypatch.setattr("integration.api.sending.receive", None)
    headers = {"authorization": f"Bearer {partner.words}", "idempotency-key": "k"}
    wsgi = {"CONTENT_LENGTH": "20000001", "wsgi.input": io.BytesIO(b"x")}
    answer = partner.client.post(BATCHES, b"x", content_type="text/csv", headers=headers, **wsgi)
    assert (answer.status_code, code(answer)) == (413, "too_big")


def test_few_bytes_of_many_rows_stop_at_the_most(partner: Partner, monkeypatch) -> None:
    monkeypatch.setattr("integration.tasks.MOST_ROWS", 5)
    answer = partner.send(*[row(NIK=f"32750141079000{n:02}") for n in range(1, 7)])
    assert (answer.status_code, code(answer)) == (413, "too_many_rows")


@pytest.mark.parametrize("key", ["", " ", "dua kata", "é", "x" * 256, "a\tb"])
def test_a_key_is_needed_and_must_make_sense(partner: Partner, key: str) -> None:
    headers = {"authorization": f"Bearer {partner.words}", "idempotency-key": key}
    answer = partner.client.post(BATCHES, b"", content_type="text/csv", headers=headers)
    assert answer.status_code == 400
    assert code(answer) in ("key_missing", "key_invalid")


def test_a_body_that_was_cut_is_not_taken_in(partner: Partner) -> None:
    text = as_csv(row(), row(NIK=BUDI)).encode()
    headers = {"authorization": f"Bearer {partner.words}", "idempotency-key": "k"}
    wsgi = {"CONTENT_LENGTH": str(len(text)), "wsgi.input": io.BytesIO(text[:-40])}
    answer = partner.client.post(BATCHES, text, content_type="text/csv", headers=headers, **wsgi)
    assert (answer.status_code, code(answer)) == (400, "body_cut")
    assert not Card.objects.exists()
    assert partner.send_body(text, key="k").status_code == 201


def test_without_a_token_nothing_is_unpacked(partner: Partner, monkeypatch) -> None:
    monkeypatch.setattr(zlib, "decompressobj", None)
    body = gzip.compress(b"x")
    for headers, expected in (
        ({}, "token_missing"),
        ({"authorization": "Basic x"}, "token_missing"),
        ({"authorization": "Bearer "}, "token_missing"),
        ({"authorization": "Bearer ektp_wrong"}, "token_unknown"),
        ({"authorization": "Bearer é"}, "token_unknown"),
    ):
        headers |= {"content-encoding": "gzip", "idempotency-key": "k"}
        answer = partner.client.post(BATCHES, body, content_type="text/csv", headers=headers)
        assert (answer.status_code, code(answer)) == (401, expected)
        assert answer["WWW-Authenticate"].startswith("Bearer")


def test_an_expired_and_a_revoked_token_let_nobody_in(partner: Partner) -> None:
    Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert code(partner.send(row())) == "token_expired"
    other = Partner.made("lain")
    revoke(other.token.pk, by=supervisor())
    assert code(other.send(row())) == "token_expired"


def test_a_token_from_elsewhere_is_refused(db) -> None:
    partner = Partner.made(addresses=["10.0.0.0/8"])
    answer = partner.send(row())
    assert (answer.status_code, code(answer)) == (403, "address_not_allowed")


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/",
        "/api/v1/batch",
        "/api/v1/batches/",
        "/api/v1/batches/1/x",
        "/api/v1/\x00",
        "/api/",
        "/api/v2/batches",
    ],
)
def test_an_address_that_is_not_there(partner: Partner, address: str) -> None:
    answer = partner.get(address)
    assert (answer.status_code, code(answer)) == (404, "not_found")


def test_another_host_is_refused_in_the_words_of_programs(partner: Partner) -> None:
    answer = partner.get(BATCHES, host="evil.example")
    assert (answer.status_code, code(answer)) == (400, "not_understood")


@pytest.mark.parametrize(("method", "address", "allow"), [
    ("get", BATCHES, "POST"), ("put", BATCHES, "POST"), ("delete", f"{BATCHES}/1", "GET"),
    ("post", f"{BATCHES}/1/rejects", "GET"), ("patch", "/api/v1/changes", "GET"),
])  # fmt: skip
def test_a_method_that_an_address_does_not_know(
    partner: Partner, method: str, address: str, allow: str
) -> None:
    answer = getattr(partner.client, method)(address, headers={"authorization": f"Bearer {partner.words}"})
    assert (answer.status_code, code(answer), answer["Allow"]) == (405, "method_not_allowed", allow)


def test_when_a_token_was_last_used_is_kept(partner: Partner) -> None:
    partner.send(row())
    partner.token.refresh_from_db()
    assert partner.token.last_used_at is not None


def test_a_fault_of_ours_is_a_problem_and_the_key_is_free(partner: Partner, monkeypatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("integration.doors.take_in", lambda *a, **k: 1 / 0)
        answer = partner.send(row(), key="k")
        assert (answer.status_code, code(answer)) == (500, "fault")
    assert partner.send(row(), key="k").status_code == 201


def test_the_newest_row_of_a_person_counts_as_everywhere(partner: Partner) -> None:
    answer = partner.send(said("BIO_CAPTURED"), said("PRINT_READY_RECORD", "2017-03-01 09:00:00"))
    assert (answer.json()["created"], answer.json()["stale"]) == (1, 1)
    assert card().stage == "WAITING_FOR_BLANK"
