"""The receipt opens what only the holder should see; it is revocable, and its token is kept by nobody."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from outbox import sending
from outbox.models import Message
from staff.access import Action, looked
from tests import builders
from tests.builders import refused, sql
from tests.staff.cast import staff
from tests.tracking.public.cards import a_card, address
from tracking.actions import answer_case, contacts, give_receipt, revoke_receipt
from tracking.models import Case, CentralFact, Contact
from tracking.stages import Stage

pytestmark = pytest.mark.django_db


def receipt_of(card, by=None) -> str:
    return f"/tanda-terima/{give_receipt(card.pk, by=by or staff('kecamatan'), shown='kk')}/"


def page_of(path: str) -> str:
    return Client().get(path).content.decode()


def act(path: str, name: str, **fields: str):
    return Client().post(path, {"act": name, **fields})


def test_the_holder_sees_the_status_and_keeps_it_to_himself():
    card = a_card(Stage.WAITING_FOR_BLANK)
    answer = Client().get(receipt_of(card))
    assert 'data-stage="WAITING_FOR_BLANK"' in answer.content.decode()
    assert (answer["Cache-Control"], answer["X-Robots-Tag"]) == ("no-store", "noindex")
    assert "Set-Cookie" not in answer


def test_the_token_is_stored_as_a_hash_alone():
    path = receipt_of(a_card(Stage.RECORDED))
    token = path.split("/")[2]
    [(row,)] = sql("SELECT r::text FROM tracking_receipt r")
    assert token not in row


def test_a_new_receipt_kills_the_old_one():
    card = a_card(Stage.RECORDED)
    old, new = receipt_of(card), receipt_of(card)
    assert [Client().get(path).status_code for path in (old, new)] == [404, 200]


def test_a_revoked_or_invented_token_is_the_dead_link_page():
    card = a_card(Stage.RECORDED)
    path = receipt_of(card)
    assert revoke_receipt(card.pk, by=staff("kecamatan"))
    for dead in (path, "/tanda-terima/abc/", "/tanda-terima/" + "A" * 22 + "/"):
        assert "Tautan ini tidak berlaku" in page_of(dead)


def test_a_receipt_is_ended_once_and_not_edited():
    card = a_card(Stage.RECORDED)
    receipt_of(card)
    revoke_receipt(card.pk, by=staff("kecamatan"))
    with refused("EK004"):
        sql("UPDATE tracking_receipt SET ended_at = NULL")


def test_reasons_are_on_the_receipt_and_not_on_the_status_page():
    card = a_card(Stage.OUT_FOR_DELIVERY)
    builders.step(card, Stage.RETURNED, "refused")
    assert "Menolak" in page_of(receipt_of(card))
    assert "Menolak" not in page_of(address(card))


def test_the_holder_sees_which_office_looked_and_no_name():
    card = a_card(Stage.RECORDED)
    officer = staff("kecamatan", first_name="Wulan")
    looked(officer, Action.VIEW, [card.pk], source="card")
    page = page_of(receipt_of(card))
    assert "Kecamatan Bekasi" in page
    assert "Wulan" not in page


def test_a_report_with_the_receipt_carries_a_text_and_shows_the_answer():
    card = a_card(Stage.DELIVERED)
    path = receipt_of(card)
    assert act(path, "lapor", text="Rumah saya kosong hari itu.").status_code == 303
    case = Case.objects.get()
    assert case.by_receipt
    assert b"kosong" not in bytes(case.text_sealed)
    assert "Rumah saya kosong hari itu." in page_of(path)
    answer_case(case.pk, by=staff("supervisor"), answer="other", text="Kartu ada di ketua RT.")
    assert "Kartu ada di ketua RT." in page_of(path)
    assert "ketua RT" not in page_of(address(card))


def test_a_declared_duplicate_may_be_objected_to():
    card = a_card(Stage.HELD, code="DUPLICATE_RECORD")
    path = receipt_of(card)
    assert "Keberatan?" in page_of(path)
    act(path, "keberatan", text="Saya hanya direkam sekali.")
    assert Case.objects.get().kind == Case.Kind.OBJECTION
    assert "Kami menjawab paling lambat" in page_of(path)


def test_a_duplicate_declared_of_a_held_card_is_told_and_may_be_objected_to():
    card = a_card(Stage.HELD, code="ADJUDICATE_RECORD")
    path = receipt_of(card)
    assert "Keberatan?" not in page_of(path)
    CentralFact.objects.create(card_id=card.pk, code="DUPLICATE_RECORD", since=timezone.now(), source="test")
    assert "Kami tidak diberi tahu di mana." in page_of(path)
    act(path, "keberatan", text="Saya hanya direkam sekali.")
    assert Case.objects.get().kind == Case.Kind.OBJECTION


def test_what_cannot_be_done_keeps_what_was_typed():
    path = receipt_of(a_card(Stage.RECORDED))
    answer = act(path, "kabar", where="bukan alamat")
    assert answer.status_code == 422
    assert 'value="bukan alamat"' in answer.content.decode()
    assert "Tulis nomor HP" in answer.content.decode()


class TestNews:
    @pytest.fixture
    def card(self):
        return a_card(Stage.PRINTED)

    @pytest.fixture
    def path(self, card):
        return receipt_of(card)

    @pytest.fixture
    def confirmed(self, path):
        act(path, "kabar", where="siti@example.org")
        act(path, "kode", code=contacts.code_of(Contact.objects.get()))

    def sent(self) -> list[str]:
        contacts.tell()
        sending.send_due()
        return [one.body for one in mail.outbox]

    def test_a_code_goes_to_the_address_and_confirms_it(self, path):
        act(path, "kabar", where="siti@example.org")
        [body] = self.sent()
        assert contacts.code_of(Contact.objects.get()) in body
        act(path, "kode", code=contacts.code_of(Contact.objects.get()))
        assert "Anda menerima kabar" in page_of(path)

    def test_the_address_is_sealed_and_in_no_message(self, path):
        act(path, "kabar", where="siti@example.org")
        assert b"siti" not in bytes(Contact.objects.get().sealed)
        assert "siti" not in str(Message.objects.get().about)

    def test_five_wrong_codes_kill_the_code(self, path):
        act(path, "kabar", where="siti@example.org")
        right = contacts.code_of(Contact.objects.get())
        wrong = "000000" if right != "000000" else "111111"
        for _try in range(5):
            assert act(path, "kode", code=wrong).status_code == 422
        assert act(path, "kode", code=right).status_code == 422
        assert Contact.objects.get().confirmed_at is None

    def test_nobody_is_flooded_with_codes(self, path):
        answers = [act(path, "kabar", where="siti@example.org").status_code for _time in range(4)]
        assert answers == [303, 303, 303, 422]

    def test_each_step_is_told_once_with_the_stage_and_no_name(self, card, path, confirmed):
        before = len(self.sent())
        builders.step(card, Stage.AT_KECAMATAN)
        self.sent()
        [body] = self.sent()[before:]
        assert "Di kantor kecamatan" in body
        assert "/status/" in body
        assert "SITI" not in body.upper().replace("SITI@", "")

    def test_one_tap_ends_the_messages_and_forgets_the_address(self, card, path, confirmed):
        contact = Contact.objects.get()
        stop = f"/berhenti/{contacts.stop_token(contact.pk)}/"
        Client().get(stop)
        assert Contact.objects.get().ended_at is None  # mail programs open links by themselves
        Client().post(stop)
        assert bytes(Contact.objects.get().sealed) == b""
        before = len(self.sent())
        builders.step(card, Stage.AT_KECAMATAN)
        assert len(self.sent()) == before

    def test_an_invented_stop_link_is_dead(self):
        assert Client().get("/berhenti/1:abc/").status_code == 404

    @pytest.mark.parametrize(("days", "kept"), [(89, True), (91, False)])
    def test_contacts_go_90_days_after_the_end_of_the_card(
        self, card, path, confirmed, monkeypatch, days, kept
    ):
        builders.step(card, Stage.AT_KECAMATAN)
        builders.step(card, Stage.DELIVERED)
        later = timezone.now() + timedelta(days=days)
        monkeypatch.setattr("tracking.actions.contacts.timezone.now", lambda: later)
        contacts.forget_old()
        assert Contact.objects.exists() == kept

    @pytest.mark.parametrize(
        ("typed", "kept"),
        [
            ("0812-3456-7890", ("phone", "+6281234567890")),
            ("+62 812 3456 7890", ("phone", "+6281234567890")),
            (" siti@example.org ", ("email", "siti@example.org")),
        ],
    )
    def test_a_contact_is_read_as_people_write_it(self, typed, kept):
        assert contacts.parse(typed) == kept
