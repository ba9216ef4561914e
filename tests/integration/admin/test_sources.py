"""Sources as staff see them: those in trouble first, on the front page, and told by mail once; differences as work."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from integration import watching
from integration.models import Batch, Difference, FolderState, Source
from outbox.models import Message
from outbox.sending import send_due
from staff.models import User
from tests.builders import block
from tests.staff.cast import a_card, as_, staff
from tracking.models import Card, Event, Kecamatan

pytestmark = pytest.mark.django_db
PAGE = "/admin/integration/source/"


def a_source(
    slug: str, hours_ago: float = 1, state: str = "applied", rhythm: int | None = 24, **fields
) -> Source:
    source = Source.objects.create(slug=slug, rhythm_hours=rhythm, contact="Ibu Sri, 021-555")
    batch = Batch.objects.create(source=source, state=state, actor="x", read=10, **fields)
    Batch.objects.filter(pk=batch.pk).update(created_at=timezone.now() - timedelta(hours=hours_ago))
    return source


def with_mail(role: str, address: str) -> None:
    User.objects.filter(pk=staff(role).pk).update(email=address)


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("hours_ago", "rhythm", "is_silent"), [(35, 24, False), (37, 24, True), (999, None, False)]
)
def test_a_source_is_silent_when_its_rhythm_is_over_by_half(
    hours_ago: int, rhythm: int | None, is_silent: bool
) -> None:
    a_source("siak", hours_ago, rhythm=rhythm)
    assert [one.source.slug for one in watching.troubled()] == (["siak"] if is_silent else [])


def test_one_that_never_sent_is_silent_since_it_was_made() -> None:
    Source.objects.create(slug="baru", rhythm_hours=1)
    assert watching.troubled() == []
    Source.objects.update(created_at=timezone.now() - timedelta(hours=2))
    assert watching.troubled()[0].trouble.startswith("diam")


def test_one_that_fails_is_in_trouble_too() -> None:
    a_source("ditolak", state="refused", message="Kolom NIK tidak ada.")
    a_source("separuh", rejected=6)
    folder = a_source("folder")
    FolderState.objects.create(
        source=folder, looked_at=timezone.now(), fault="Folder kiriman tidak dapat dibuka"
    )
    assert {one.source.slug for one in watching.troubled()} == {"ditolak", "separuh", "folder"}


def test_those_in_trouble_come_first_with_whom_to_call() -> None:
    a_source("a-baik")
    a_source("z-diam", 400)
    page = text(as_("operator"), PAGE)
    assert page.index("z-diam") < page.index("a-baik")
    assert "Ibu Sri, 021-555" in page
    assert "diharapkan mengirim setiap 24 jam" in page


def test_they_wait_on_the_front_page() -> None:
    a_source("siak", 400)
    assert "<strong>1</strong> <span>Sumber diam atau gagal</span>" in text(as_("operator"), "/admin/")


def test_a_source_shows_its_refused_rows_by_reason_over_time() -> None:
    source = a_source("siak", reasons={"nik_invalid": 3}, rejected=3)
    page = text(as_("auditor"), f"{PAGE}{source.pk}/change/")
    assert "NIK tidak sah" in page
    assert watching.reasons_by_week(source)[1] == [("nik_invalid", [0] * 7 + [3])]


def test_a_supervisor_says_what_is_expected() -> None:
    source = a_source("siak")
    form = {"name": "SIAK pusat", "rhythm_hours": "12", "contact": "Pak Budi"}
    assert as_("supervisor").post(f"{PAGE}{source.pk}/change/", form).status_code == 303
    source.refresh_from_db()
    assert (source.name, source.rhythm_hours, source.contact) == ("SIAK pusat", 12, "Pak Budi")
    for role in ("operator", "auditor", "kecamatan"):
        assert as_(role).post(f"{PAGE}{source.pk}/change/", form).status_code in (403, 404)


def test_staff_are_told_once_for_each_silence(settings) -> None:
    settings.SITE_URL = "https://ektp.example"
    with_mail("operator", "joko@example.org")
    with_mail("auditor", "wulan@example.org")
    source = a_source("siak", 400)
    for _ in range(3):
        watching.tell_staff()
        send_due()
    assert [(one.to, "siak" in one.subject) for one in mail.outbox] == [(["joko@example.org"], True)]
    assert f"https://ektp.example{PAGE}{source.pk}/change/" in mail.outbox[0].body
    Batch.objects.create(source=source, state="applied", actor="x", read=1)
    Batch.objects.update(created_at=timezone.now() - timedelta(hours=100))
    watching.tell_staff()
    assert Message.objects.count() == 2


def test_whoever_sent_meanwhile_is_not_reported() -> None:
    with_mail("operator", "joko@example.org")
    source = a_source("siak", 400)
    watching.tell_staff()
    Batch.objects.create(source=source, state="applied", actor="x", read=1)
    send_due()
    assert mail.outbox == []


def a_difference(card: Card) -> Difference:
    source = a_source("kecamatan-2")
    return Difference.objects.create(
        card_id=card.pk, source=source, batch=Batch.objects.latest("pk"), kecamatan_id=2, code="CARD_ISSUED",
        since=timezone.now(),
    )  # fmt: skip


def test_both_words_stand_side_by_side_with_a_way_out() -> None:
    waiting, printed = a_card("WAITING_FOR_BLANK"), a_card("WAITING_FOR_BLANK")
    block(waiting, "printed_elsewhere")
    a_difference(printed)
    page = text(as_("operator"), "/admin/integration/selisih/")
    for words in ("Menurut pusat dicetak di tempat lain (1)", "Satu orang di dua kecamatan (1)",
                  f"CARD_ISSUED, {Kecamatan.objects.get(pk=2)}",
                  "Siap cetak, menunggu blanko", "cabut blokir"):  # fmt: skip
        assert words in page


def test_a_difference_is_settled_once_and_moves_no_card() -> None:
    card = a_card("WAITING_FOR_BLANK")
    one = a_difference(card)
    before = Event.objects.count()
    client = as_("operator")
    for found in ("", "nonsense", "moved", "ours"):
        client.post(f"/admin/integration/selisih/{one.pk}/selesai/", {"settled": found})
    one.refresh_from_db()
    assert (one.settled, one.settled_by[:6]) == ("moved", "staff:")
    assert Event.objects.count() == before
    assert "Satu orang di dua kecamatan (0)" in text(client, "/admin/integration/selisih/")


def test_all_of_it_can_be_exported() -> None:
    card = a_card("WAITING_FOR_BLANK")
    a_difference(card)
    answer = as_("auditor").post("/admin/integration/selisih/ekspor/")
    assert answer["Content-Type"].startswith("text/csv")
    assert (
        f'other_kecamatan,{card.pk},"CARD_ISSUED, {Kecamatan.objects.get(pk=2)}"'
        in answer.getvalue().decode()
    )


@pytest.mark.parametrize("address", ["", "ekspor/", "1/selesai/"])
def test_an_officer_of_a_kecamatan_sees_none_of_it(address: str) -> None:
    client = as_("kecamatan")
    for method in ("get", "post"):
        assert getattr(client, method)(f"/admin/integration/selisih/{address}").status_code in (403, 405)


def test_an_auditor_settles_nothing() -> None:
    one = a_difference(a_card("WAITING_FOR_BLANK"))
    as_("auditor").post(f"/admin/integration/selisih/{one.pk}/selesai/", {"settled": "moved"})
    one.refresh_from_db()
    assert one.settled == ""
