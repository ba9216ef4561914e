"""The card's page: its history, and only the actions that are legal now for this person."""

import re

import pytest
from django.contrib.admin.models import LogEntry

from tests.staff.cast import OTHER, a_card, as_, deed, logged_in, page_of, staff
from tracking.actions import block, note
from tracking.models import Block, Card, Note

pytestmark = pytest.mark.django_db


def verbs(page) -> set[str]:
    return set(re.findall(r"/tindakan/([a-z-]+)/", page.content.decode()))


def test_it_shows_stage_history_and_who_looked() -> None:
    card = a_card("RECORDED", "DEDUPLICATING")
    page = as_("operator").get(page_of(card)).content.decode()
    assert "Sedang dicocokkan (penunggalan)" in page
    assert "Sudah direkam → Sedang dicocokkan (penunggalan)" in page
    assert "kiriman siak" in page
    assert "Membuka kartu" in page


def test_it_is_kept_by_no_browser() -> None:
    assert "no-store" in as_("operator").get(page_of(a_card()))["Cache-Control"]


@pytest.mark.parametrize("key", ["0", "999999999", "99999999999999999999999", "x", "-1", "1_5F2", "٣"])
def test_a_card_that_is_not_there_is_404(key: str) -> None:
    assert as_("operator").get(f"/admin/tracking/card/{key}/change/").status_code == 404


def test_a_card_of_another_kecamatan_is_404_for_an_officer() -> None:
    card = a_card(kecamatan=OTHER)
    officer = as_("kecamatan")
    assert officer.get(page_of(card)).status_code == 404
    assert officer.post(deed(card, "catatan"), {"text": "halo"}).status_code == 404
    assert not Note.objects.filter(card_id=card.pk).exists()


@pytest.mark.parametrize(
    ("role", "offered"),
    [
        ("operator", {"blokir", "catatan", "ganti-tautan", "batalkan"}),
        ("supervisor", {"blokir", "betulkan", "catatan", "ganti-tautan", "batalkan"}),
        ("kecamatan", {"catatan"}),
        ("auditor", set()),
    ],
)
def test_it_offers_what_the_role_may(role: str, offered: set[str]) -> None:
    assert verbs(as_(role).get(page_of(a_card("RECORDED", "DEDUPLICATING")))) == offered


def test_a_final_card_is_not_cancelled_or_blocked() -> None:
    offered = verbs(as_("operator").get(page_of(a_card("DELIVERED"))))
    assert offered == {"catatan", "ganti-tautan"}


def test_lifting_is_offered_to_a_supervisor_while_there_is_a_block() -> None:
    card = a_card()
    block(card.pk, by=staff("operator"), reason="review")
    assert "cabut-blokir" in verbs(as_("supervisor").get(page_of(card)))
    assert "cabut-blokir" not in verbs(as_("operator").get(page_of(card)))


def test_confirming_is_offered_for_a_card_outside_the_ledger() -> None:
    assert "temukan" in verbs(as_("kecamatan").get(page_of(a_card("AT_KECAMATAN"))))


def test_an_action_is_done_and_on_record() -> None:
    card, user = a_card(), staff("operator")
    answer = logged_in(user).post(deed(card, "blokir"), {"reason": "review"})
    assert answer.status_code == 303
    assert Block.objects.get(card_id=card.pk).actor == user.actor
    assert LogEntry.objects.get().object_id == str(card.pk)


@pytest.mark.parametrize(
    "verb", ["batalkan", "blokir", "betulkan", "temukan", "cabut-blokir", "ganti-tautan", "catatan"]
)
def test_an_auditor_does_nothing(verb: str) -> None:
    card = a_card("RECORDED", "DEDUPLICATING")
    answer = as_("auditor").post(deed(card, verb), {"reason": "other", "text": "x", "seen": "DEDUPLICATING"})
    assert answer.status_code in (303, 403, 422)
    assert Card.objects.get(pk=card.pk).stage == "DEDUPLICATING"
    assert not Block.objects.exists()
    assert not Note.objects.exists()


def test_a_stage_that_has_changed_since_is_said() -> None:
    card = a_card("RECORDED", "DEDUPLICATING")
    answer = as_("operator").post(
        deed(card, "batalkan"), {"reason": "other", "seen": "RECORDED"}, follow=True
    )
    assert "sudah pindah tahap" in answer.content.decode()
    assert Card.objects.get(pk=card.pk).stage == "DEDUPLICATING"


@pytest.mark.parametrize(
    "data", [{}, {"reason": "x"}, {"reason": "lost", "seen": "RECORDED"}, {"reason": "\0"}]
)
def test_a_reason_that_is_not_on_the_list_is_refused(data: dict[str, str]) -> None:
    card = a_card()
    assert as_("supervisor").post(deed(card, "batalkan"), data).status_code == 422
    assert Card.objects.get(pk=card.pk).stage == "RECORDED"


def test_no_form_sets_a_stage() -> None:
    card = a_card()
    as_("supervisor").post(page_of(card), {"stage": "DELIVERED", "_save": "1"})
    as_("supervisor").post(deed(card, "catatan"), {"text": "x", "stage": "DELIVERED"})
    assert Card.objects.get(pk=card.pk).stage == "RECORDED"


@pytest.mark.parametrize("text", ["NIK 3275011503900001", "3275.0115.0390.0001", "3275 0115 0390 0001"])
def test_a_note_takes_no_nik(text: str) -> None:
    card = a_card()
    assert as_("operator").post(deed(card, "catatan"), {"text": text}).status_code == 422
    assert not Note.objects.exists()


def test_an_unknown_action_is_404_and_none_is_done_by_get() -> None:
    card, client = a_card(), as_("supervisor")
    assert client.post(deed(card, "hapus")).status_code == 404
    assert client.get(deed(card, "batalkan")).status_code == 405


def test_what_people_wrote_is_shown_as_text() -> None:
    card = a_card(name="<script>alert(1)</script>")
    note(card.pk, by=staff("operator"), text="<b>tebal</b>")
    page = as_("operator").get(page_of(card)).content.decode()
    assert "<script>alert" not in page
    assert "&lt;b&gt;tebal" in page
