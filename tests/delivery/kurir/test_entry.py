"""The courier's addresses: the link alone shows nothing, five wrong PINs lock it, and a dead link is dead."""

import json
import logging
import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from delivery import keys
from delivery.actions import round as rounds
from delivery.actions.round import Opening
from delivery.models import Attempt, Link, Review, Round
from staff.models import AccessLog
from tests.builders import settle
from tests.delivery.rounds.walk import a_round, card_of, named, places, the_officer

pytestmark = pytest.mark.django_db
SECRET = "RAHASIA SEKALI"


@pytest.fixture
def walk(db: None) -> Opening:
    its_round = a_round(2)
    for place in places(its_round):
        named(place.card_id, SECRET)
    return rounds.open_link(its_round, by=the_officer())


@pytest.fixture
def out(walk: Opening) -> Opening:
    rounds.begin_by_phone(walk.link, counted=2)
    settle()
    return walk


def address(walk: Opening, rest: str = "") -> str:
    return f"/kurir/{walk.token}/{rest}"


def post(walk: Opening, what: str, told: object, *, signed: bool = True, **headers: str):
    body = json.dumps(told).encode()
    if signed:
        import hmac

        key = keys.signing_key(keys.opened(Link.objects.get(pk=walk.link.pk).key_sealed))
        headers["X-Tanda-Tangan"] = hmac.new(key, body, "sha256").hexdigest()
    answer = Client().post(address(walk, what), body, content_type="application/json", headers=headers)
    settle()
    return answer


def an_attempt(walk: Opening, n: int = 0, **more: object) -> dict[str, object]:
    place = places(walk.link.round)[n]
    told = {"id": str(uuid.uuid4()), "card": place.pk, "outcome": "delivered", "to": "holder"}
    return told | {"at": timezone.now().isoformat(), "ok": True, "took": ["ktp"]} | more


def sending(*attempts: object) -> dict[str, object]:
    return {"now": timezone.now().isoformat(), "attempts": list(attempts)}


class TestTheLinkAlone:
    def test_shows_nothing_to_whoever_fetches_it(self, out: Opening) -> None:
        page = Client().get(address(out))
        assert page.status_code == 200
        assert page.content == Client().get("/kurir/kerangka/").content
        assert SECRET.title() not in page.content.decode()
        assert page["Cache-Control"] == "no-store"
        assert not page.cookies
        out.link.refresh_from_db()
        assert out.link.opened_at is None

    def test_and_every_address_under_it(self, out: Opening) -> None:
        place = places(out.link.round)[0].pk
        for rest in (f"{place}/", f"{place}/serah/", f"{place}/gagal/"):
            assert SECRET.title() not in Client().get(address(out, rest)).content.decode()
            assert Client().post(address(out, rest), {"hasil": "moved"}).status_code in (403, 405)
        assert Client().post(address(out, "mulai/"), {"jumlah": "2"}).status_code == 403
        assert Attempt.objects.count() == 0

    def test_an_unknown_one_is_not_found(self, out: Opening) -> None:
        for token in ("A" * 22, out.token[:-1] + ("A" if out.token[-1] != "A" else "B"), "short"):
            assert Client().get(f"/kurir/{token}/").status_code == 404
            assert Client().post(f"/kurir/{token}/", {"pin": out.pin}).status_code == 404

    def test_is_cut_from_the_log(self, out: Opening, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.DEBUG):
            Client().get(address(out))
            logging.getLogger("test").info("GET %s", address(out))
        assert out.token not in caplog.text

    def test_is_kept_as_a_hash_and_its_pin_under_a_sealed_key(self, out: Opening) -> None:
        row = Link.objects.values().get(pk=out.link.pk)
        stored = b"".join(bytes(value) for value in row.values() if isinstance(value, bytes | memoryview))
        assert out.token.encode() not in stored
        assert out.pin.encode() not in stored
        assert keys.opened(row["key_sealed"]) not in stored


class TestThePin:
    def test_opens_the_pages(self, out: Opening) -> None:
        client = Client()
        answer = client.post(address(out), {"pin": f" {out.pin} "})
        assert answer.status_code == 303
        page = client.get(address(out)).content.decode()
        assert SECRET.title() in page
        assert AccessLog.objects.filter(
            username=f"courier:{out.link.courier_id}", office="kecamatan:1"
        ).exists()

    def test_wrong_five_times_locks_until_the_officer_unlocks(self, out: Opening) -> None:
        client = Client()
        for left in (4, 3, 2, 1):
            answer = client.post(address(out), {"pin": "x"})
            assert answer.status_code == 422
            assert f"Sisa {left} kali" in answer.content.decode()
        assert "terkunci" in client.post(address(out), {"pin": "x"}).content.decode()
        assert client.post(address(out), {"pin": out.pin}).status_code == 422
        assert post(out, "masuk", {"pin": out.pin}, signed=False).status_code == 403
        rounds.unlock_link(out.link.round, by=the_officer())
        assert client.post(address(out), {"pin": out.pin}).status_code == 303

    def test_right_forgives_the_wrong_ones_before(self, out: Opening) -> None:
        for _ in range(3):
            for _ in range(4):
                Client().post(address(out), {"pin": "x"})
            assert Client().post(address(out), {"pin": out.pin}).status_code == 303

    def test_cookie_opens_no_other_round(self, out: Opening) -> None:
        client = Client()
        client.post(address(out), {"pin": out.pin})
        other = rounds.open_link(a_round(1), by=the_officer())
        client.cookies["kurir"]["path"] = "/"
        assert "kartu" not in re.sub(
            "antar kartu", "", client.get(address(other)).content.decode().split("<template")[0]
        )

    def test_from_a_foreign_page_is_refused(self, out: Opening) -> None:
        answer = Client().post(address(out), {"pin": out.pin}, headers={"Origin": "https://jahat.example"})
        assert answer.status_code == 403

    def test_gives_the_phone_only_what_the_door_needs(self, out: Opening) -> None:
        told = post(out, "masuk", {"pin": out.pin}, signed=False).json()
        assert set(told["cards"][0]) == {
            "id",
            "n",
            "name",
            "address",
            "place",
            "phone",
            "take",
            "tries",
            "done",
        }
        assert told["waits"] is False

    def test_gives_no_name_before_the_cards_are_taken_over(self, walk: Opening) -> None:
        told = post(walk, "masuk", {"pin": walk.pin}, signed=False).json()
        assert (told["waits"], told["cards"]) == (True, [])


class TestTheCount:
    def test_begins_the_round(self, walk: Opening) -> None:
        assert post(walk, "terima", {"count": 3}).status_code == 409
        answer = post(walk, "terima", {"count": 2})
        assert len(answer.json()["cards"]) == 2
        assert Round.objects.get().state == "out"

    def test_needs_a_signature(self, walk: Opening) -> None:
        assert post(walk, "terima", {"count": 2}, signed=False).status_code == 403

    def test_that_is_no_number_is_said(self, walk: Opening) -> None:
        client = Client()
        client.post(address(walk), {"pin": walk.pin})
        for typed in ("", "dua", "9" * 5000):
            assert client.post(address(walk, "mulai/"), {"jumlah": typed}).status_code == 422

    def test_begins_it_on_the_plain_pages_too(self, walk: Opening) -> None:
        client = Client()
        client.post(address(walk), {"pin": walk.pin})
        assert client.post(address(walk, "mulai/"), {"jumlah": "5"}).status_code == 422
        assert client.post(address(walk, "mulai/"), {"jumlah": "2"}).status_code == 303
        assert "2 kartu lagi" in client.get(address(walk)).content.decode()


class TestSending:
    def test_answers_for_each_attempt(self, out: Opening) -> None:
        one, two = an_attempt(out), an_attempt(out, 1, outcome="flown", to="")
        answer = post(out, "kirim", sending(one, two, {"id": "no uuid"}, 7)).json()
        assert {uid: said["verdict"] for uid, said in answer["answers"].items()} == {
            one["id"]: "booked",
            two["id"]: "review",
            "no uuid": "refused",
            "": "refused",
        }
        assert [card["done"] for card in answer["cards"]] == ["delivered", ""]
        assert Review.objects.get().why == "unreadable"

    def test_again_is_answered_the_same(self, out: Opening) -> None:
        told = sending(an_attempt(out))
        assert post(out, "kirim", told).json()["answers"] == post(out, "kirim", told).json()["answers"]
        assert Attempt.objects.count() == 1

    def test_needs_the_rounds_key(self, out: Opening) -> None:
        told = sending(an_attempt(out))
        assert post(out, "kirim", told, signed=False).status_code == 404
        assert post(out, "kirim", told, signed=False, **{"X-Tanda-Tangan": "0" * 64}).status_code == 404
        assert Attempt.objects.count() == 0

    @pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"attempts": 5}', b"\xff", b"[" * 5000])
    def test_that_is_none_is_refused(self, out: Opening, body: bytes) -> None:
        import hmac

        key = keys.signing_key(keys.opened(Link.objects.get(pk=out.link.pk).key_sealed))
        mark = hmac.new(key, body, "sha256").hexdigest()
        answer = Client().post(
            address(out, "kirim"), body, content_type="application/json", headers={"X-Tanda-Tangan": mark}
        )
        assert answer.status_code == 400

    def test_of_more_than_200_is_refused(self, out: Opening) -> None:
        assert post(out, "kirim", sending(*[an_attempt(out) for _ in range(201)])).status_code == 400

    @pytest.mark.parametrize("at", ["yesterday", None, 5, "0001-01-01T00:00:00Z", "2026-01-01T00:00:00"])
    def test_with_a_clock_that_says_nothing_is_for_the_officer(self, out: Opening, at: object) -> None:
        one = an_attempt(out, at=at)
        assert post(out, "kirim", sending(one)).json()["answers"][one["id"]]["verdict"] == "review"

    def test_from_a_phone_reset_to_1970_is_booked(self, out: Opening) -> None:
        one = an_attempt(out, at="1970-01-01T01:00:00Z")
        answer = post(out, "kirim", {"now": "1970-01-01T02:00:00Z", "attempts": [one]}).json()
        assert answer["answers"][one["id"]]["verdict"] == "booked"
        happened = Attempt.objects.get().happened_at
        assert timedelta(minutes=59) < timezone.now() - happened < timedelta(minutes=61)


class TestADeadLink:
    def test_has_no_page_and_takes_no_pin(self, out: Opening) -> None:
        client = Client()
        client.post(address(out), {"pin": out.pin})
        rounds.revoke_link(out.link.round, by=the_officer())
        assert client.get(address(out)).status_code == 404
        assert client.post(address(out), {"pin": out.pin}).status_code == 404
        assert post(out, "masuk", {"pin": out.pin}, signed=False).status_code == 404
        assert post(out, "terima", {"count": 2}).status_code == 404

    def test_says_received_and_nothing_else_for_seven_days(self, out: Opening) -> None:
        rounds.revoke_link(out.link.round, by=the_officer())
        answer = post(out, "kirim", sending(an_attempt(out), an_attempt(out, 1, outcome="?")))
        assert answer.json() == {"received": True}
        assert Review.objects.count() == 2
        assert card_of(places(out.link.round)[0]).stage == "OUT_FOR_DELIVERY"
        assert post(out, "kirim", sending(an_attempt(out)), signed=False).status_code == 404

    def test_is_deaf_afterwards(self, out: Opening) -> None:
        Link.objects.filter(pk=out.link.pk).update(ended_at=timezone.now() - timedelta(days=7, minutes=1))
        assert post(out, "kirim", sending(an_attempt(out))).status_code == 404
        assert Attempt.objects.count() == 0

    def test_is_the_link_of_a_round_that_ended(self, out: Opening) -> None:
        rounds.end_round(out.link.round, by=the_officer())
        assert Client().get(address(out)).status_code == 404
        assert post(out, "kirim", sending(an_attempt(out))).json() == {"received": True}


class TestThePlainPages:
    @pytest.fixture
    def client(self, out: Opening) -> Client:
        client = Client()
        client.post(address(out), {"pin": out.pin})
        return client

    def test_take_an_attempt_once(self, out: Opening, client: Client) -> None:
        place = places(out.link.round)[0]
        page = client.get(address(out, f"{place.pk}/serah/")).content.decode()
        uid = re.search(r'name="id" value="([^"]+)"', page)[1]  # type: ignore[index]
        for _ in range(2):
            answer = client.post(
                address(out, f"{place.pk}/serah/"),
                {"id": uid, "kepada": "family", "nama": "Bu Sri", "ambil": ["ktp"], "cocok": "ya"},
            )
            settle()
            assert answer.status_code == 303
        assert Attempt.objects.count() == 1
        assert "Terkirim dan dicatat" in client.get(answer["Location"]).content.decode()
        assert card_of(place).stage == "DELIVERED"

    def test_say_what_is_missing(self, out: Opening, client: Client) -> None:
        place = places(out.link.round)[0]
        for rest in ("serah", "gagal"):
            answer = client.post(address(out, f"{place.pk}/{rest}/"), {"id": str(uuid.uuid4())})
            assert answer.status_code == 422
        assert Attempt.objects.count() == 0

    def test_show_no_card_of_another_round(self, out: Opening, client: Client) -> None:
        other = places(a_round(1))[0]
        assert client.get(address(out, f"{other.pk}/")).status_code == 404

    def test_drop_address_and_phone_of_what_is_done(self, out: Opening, client: Client) -> None:
        place = places(out.link.round)[0]
        client.post(address(out, f"{place.pk}/gagal/"), {"id": str(uuid.uuid4()), "hasil": "refused"})
        settle()
        assert "Kartu ini sudah selesai" in client.get(address(out, f"{place.pk}/")).content.decode()


def test_the_shell_and_the_worker_say_nothing_about_a_round(out: Opening) -> None:
    worker = Client().get("/kurir/sw.js")
    assert worker["Content-Type"].startswith("text/javascript")
    assert "/kurir/kerangka/" in worker.content.decode()
    assert Client().get("/kurir/kerangka/").status_code == 200
