"""Search: POST with a reason, an opaque address, nothing of what was typed anywhere."""

import logging

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session

from tests.staff.cast import NIKS, OTHER, OWN, a_card, as_, page_of
from tracking.models import Ticket

pytestmark = pytest.mark.django_db
SEARCH = "/admin/tracking/card/cari/"


def find(client, what: str, **more: str):
    return client.post(SEARCH, {"what": what, "reason": "counter", **more})


def test_a_nik_leads_to_its_card() -> None:
    number = next(NIKS)
    card = a_card(number=number)
    answer = find(as_("operator"), number)
    assert (answer.status_code, answer["Location"]) == (303, page_of(card))


def test_it_takes_the_spellings_of_the_feed() -> None:
    number = next(NIKS)
    card = a_card(number=number)
    assert find(as_("operator"), f" {number[:6]}.{number[6:12]}-{number[12:]} ")["Location"] == page_of(card)


def test_a_queue_number_finds_it_in_every_kecamatan_or_in_one() -> None:
    own, other = a_card("WAITING_FOR_BLANK", kecamatan=OWN), a_card("WAITING_FOR_BLANK", kecamatan=OTHER)
    number = str(Ticket.objects.get(card_id=own.pk))
    assert find(as_("operator"), number.lower(), kecamatan=str(OWN))["Location"] == page_of(own)
    if str(Ticket.objects.get(card_id=other.pk)) == number:
        page = as_("operator").post(SEARCH, {"what": number, "reason": "counter"}, follow=True)
        assert {card.pk for card in page.context["cards"]} == {own.pk, other.pk}


def test_a_name_is_found_by_its_beginning() -> None:
    card, other = a_card(name="ZUBAIDAH HASAN"), a_card(name="HASAN ZUBAIDI")
    page = as_("operator").post(SEARCH, {"what": "zubaid", "reason": "counter"}, follow=True)
    assert page.request["PATH_INFO"] == page_of(card)
    assert other.pk != card.pk


def test_percent_signs_mean_themselves() -> None:
    a_card(name="PERSEN")
    page = as_("operator").post(SEARCH, {"what": "PER%", "reason": "counter"}, follow=True)
    assert page.context["cards"] == []


def test_many_names_are_a_list_at_an_opaque_address() -> None:
    a_card(name="KEMBAR SATU"), a_card(name="KEMBAR DUA")
    answer = find(as_("operator"), "KEMBAR")
    assert answer.status_code == 303
    assert "KEMBAR" not in answer["Location"].upper()


def test_results_belong_to_the_session_that_searched() -> None:
    a_card(name="KEMBAR SATU"), a_card(name="KEMBAR DUA")
    address = find(as_("operator"), "KEMBAR")["Location"]
    assert as_("operator").get(address).status_code == 404


@pytest.mark.parametrize("how", ["nik", "name", "number"])
def test_an_officer_finds_no_card_of_another_kecamatan(how: str) -> None:
    number = next(NIKS)
    card = a_card("WAITING_FOR_BLANK", kecamatan=OTHER, name="QORI JAUH", number=number)
    what = {"nik": number, "name": "QORI", "number": str(Ticket.objects.get(card_id=card.pk))}[how]
    page = as_("kecamatan").post(
        SEARCH, {"what": what, "reason": "counter", "kecamatan": str(OTHER)}, follow=True
    )
    assert page.context["cards"] == []


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("327501150390000", "NIK harus 16 angka. Anda mengetik 15."),
        ("3275013203900001", "bukan tanggal lahir"),
        ("3,27501E+15", "NIK hanya berisi angka."),
        ("ab", "paling sedikit tiga huruf"),
    ],
)
def test_it_says_what_is_wrong_at_the_field(what: str, says: str) -> None:
    page = find(as_("operator"), what)
    assert page.status_code == 422
    assert says in page.content.decode()


def test_it_needs_a_reason() -> None:
    page = as_("operator").post(SEARCH, {"what": next(NIKS)})
    assert page.status_code == 422
    assert "Pilih alasan mencari." in page.content.decode()


@pytest.mark.parametrize("what", ["\0", "x" * 5000, "A-99999999999999999", "🙂🙂🙂", "A-0", "'; --abc"])
def test_odd_input_is_no_error(what: str) -> None:
    assert find(as_("operator"), what).status_code in (303, 422)


def test_the_nik_is_in_no_address_title_log_session_or_history(caplog: pytest.LogCaptureFixture) -> None:
    number, client = next(NIKS), as_("operator")
    card = a_card(number=number)
    with caplog.at_level(logging.DEBUG):
        answer = find(client, number)
        page = client.get(answer["Location"])
        client.post(f"/admin/tracking/card/{card.pk}/tindakan/catatan/", {"text": "sudah datang"})
        find(client, next(NIKS))
    assert number not in answer["Location"]
    assert number not in page.content.decode()
    assert number not in caplog.text
    assert not any(number in str(session.get_decoded()) for session in Session.objects.all())
    assert not any(number in str(vars(entry)) for entry in LogEntry.objects.all())
