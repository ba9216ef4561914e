"""Staff answer cases and give receipts; an officer those of the own kecamatan alone."""

import re

import pytest
from django.urls import reverse

from staff.models import AccessLog
from tests.staff.cast import OTHER, OWN, logged_in, staff
from tests.tracking.public.cards import a_card, address, status_of
from tracking.actions import open_case
from tracking.models import Case, Receipt
from tracking.stages import Stage

pytestmark = pytest.mark.django_db
LIST = reverse("admin:tracking_case_changelist")


@pytest.fixture
def case():
    return open_case(a_card(Stage.DELIVERED, kecamatan=OWN).pk, kind=Case.Kind.NOT_RECEIVED, text="Kosong.")


def page_of(case) -> str:
    return reverse("admin:tracking_case_change", args=[case.pk])


def test_a_case_is_work_on_the_front_page(case):
    front = logged_in(staff("supervisor")).get(reverse("admin:index")).content.decode()
    assert re.search(r"Belum terima", front)


def test_an_answer_is_given_with_words_for_the_holder(case):
    answer = logged_in(staff("supervisor")).post(
        page_of(case), {"answer": "other", "text": "Ada di ketua RT."}
    )
    assert answer.status_code == 302
    case.refresh_from_db()
    assert case.answer == "other"
    assert b"ketua" not in bytes(case.answer_sealed)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"answer": "", "text": ""}, "errorlist"),
        ({"answer": "other", "text": ""}, "Tulis penjelasan"),
        ({"answer": "received", "text": "NIK 3275 0141 0790 0001"}, "Jangan tulis NIK"),
        ({"answer": "forwarded", "text": ""}, "Masukkan pilihan yang valid"),
    ],
)
def test_what_does_not_answer_it_leaves_it_open(case, typed, said):
    answer = logged_in(staff("supervisor")).post(page_of(case), typed)
    assert said in answer.content.decode()
    case.refresh_from_db()
    assert case.answered_at is None


def test_an_answered_case_is_only_read(case):
    client = logged_in(staff("supervisor"))
    client.post(page_of(case), {"answer": "received", "text": ""})
    assert 'name="answer"' not in client.get(page_of(case)).content.decode()


def test_an_officer_sees_and_answers_the_own_kecamatan_alone(case):
    own, other = logged_in(staff("kecamatan")), logged_in(staff("kecamatan", kecamatan=OTHER))
    assert "Kosong." in own.get(page_of(case)).content.decode()
    assert other.get(page_of(case)).status_code == 302  # as one that is not there
    other.post(page_of(case), {"answer": "received", "text": ""})
    case.refresh_from_db()
    assert case.answered_at is None


def test_an_auditor_reads_and_answers_nothing(case):
    client = logged_in(staff("auditor"))
    assert client.get(page_of(case)).status_code == 200
    assert client.post(page_of(case), {"answer": "received", "text": ""}).status_code == 403


def test_reading_a_case_is_on_record(case):
    logged_in(staff("supervisor")).get(page_of(case))
    assert AccessLog.objects.filter(source="case", card_ids=[case.card_id]).exists()


class TestReceipt:
    def desk(self, card):
        return reverse("admin:tracking_card_receipt", args=[card.pk])

    def test_its_address_is_shown_once_and_opens_the_page(self):
        card = a_card(Stage.RECORDED, kecamatan=OWN)
        client = logged_in(staff("kecamatan"))
        answer = client.post(self.desk(card), {"shown": "kk"})
        [path] = re.findall(r"/tanda-terima/[\w-]{22}/", answer.content.decode())
        assert "no-store" in answer["Cache-Control"]
        assert "<svg" in answer.content.decode()
        assert client.get(path).status_code == 200
        assert "/tanda-terima/" not in client.get(self.desk(card)).content.decode().replace(
            self.desk(card), ""
        )

    def test_it_needs_what_the_holder_showed(self):
        card = a_card(Stage.RECORDED, kecamatan=OWN)
        assert logged_in(staff("kecamatan")).post(self.desk(card), {}).status_code == 422
        assert not Receipt.objects.exists()

    def test_it_is_revoked(self):
        card = a_card(Stage.RECORDED, kecamatan=OWN)
        client = logged_in(staff("kecamatan"))
        client.post(self.desk(card), {"shown": "kk"})
        client.post(self.desk(card), {"revoke": "1"})
        assert Receipt.objects.get().ended_at is not None

    @pytest.mark.parametrize(
        ("role", "kecamatan", "status"), [("auditor", None, 403), ("kecamatan", OTHER, 404)]
    )
    def test_who_may_not(self, role, kecamatan, status):
        card = a_card(Stage.RECORDED, kecamatan=OWN)
        assert (
            logged_in(staff(role, kecamatan=kecamatan)).post(self.desk(card), {"shown": "kk"}).status_code
            == status
        )
        assert not Receipt.objects.exists()

    def test_the_status_page_does_not_know_the_receipt(self):
        card = a_card(Stage.RECORDED, kecamatan=OWN)
        logged_in(staff("kecamatan")).post(self.desk(card), {"shown": "kk"})
        assert "tanda-terima" not in status_of(card).content.decode()
        assert address(card)
