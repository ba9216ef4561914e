"""A token sees and moves what is its own: its source's batches, its kecamatan's rows and cards."""

import json

import pytest

from integration.models import Batch, Difference
from tests.builders import settle
from tests.integration.feeds import BUDI, DEWI, card, row, said, send
from tracking.actor import acting
from tracking.models import Block, Card

from .partner import Partner, code

pytestmark = pytest.mark.django_db
OTHER = {"NO_KEC": "02", "NO_KEL": "1001"}


def test_rows_of_another_kecamatan_are_refused_and_nothing_is_applied(of_kecamatan: Partner) -> None:
    answer = of_kecamatan.send(row(), row(NIK=BUDI, **OTHER))
    assert (answer.json()["created"], answer.json()["reasons"]) == (1, {"region_not_allowed": 1})
    assert Card.objects.count() == 1


def test_a_row_about_a_card_of_another_kecamatan_tells_moves_and_blocks_nothing(
    of_kecamatan: Partner,
) -> None:
    send(said("PRINT_READY_RECORD", NIK=BUDI, **OTHER))
    before = Card.objects.values().get()
    answer = of_kecamatan.send(said("CARD_PRINTED", "2017-05-01 09:00:00", NIK=BUDI))
    assert answer.json()["reasons"] == {"region_not_allowed": 1}
    rejects = of_kecamatan.get(answer["Location"] + "/rejects").getvalue().decode()
    for secret in ("WAITING", "Medan", "02", "printed_elsewhere"):
        assert (
            secret
            not in rejects.splitlines()[1]
            .replace("2017", "")
            .replace("NIK", "")
            .split("region_not_allowed")[1]
        )
    assert Card.objects.values().get() == before
    assert not Block.objects.exists()


def test_another_regency_blocks_nothing_from_a_kecamatan(of_kecamatan: Partner) -> None:
    send(said("PRINT_READY_RECORD"))
    answer = of_kecamatan.send(
        said("PRINT_READY_RECORD", "2017-05-01 09:00:00", NO_KEC="32.73.01", NO_KEL="1001")
    )
    assert answer.json()["rejected"] == 1
    assert not Block.objects.exists()


def test_both_become_work_for_the_office_once(of_kecamatan: Partner) -> None:
    send(row(NIK=BUDI, **OTHER), row())
    rows = [
        said("PRINT_READY_RECORD", "2017-05-01 09:00:00", NIK=BUDI),  # our kecamatan, their card
        said("PRINT_READY_RECORD", "2017-05-01 09:00:00", **OTHER),  # their kecamatan, our card
        row(NIK=DEWI, **OTHER),  # nobody whom we know
    ]
    for _ in range(3):
        assert of_kecamatan.send(*rows).json()["rejected"] == 3
    found = Difference.objects.order_by("kecamatan_id").values_list("card_id", "kecamatan_id", "code")
    assert list(found) == [
        (card(BUDI).pk, 1, "PRINT_READY_RECORD"), (card().pk, 2, "PRINT_READY_RECORD")]  # fmt: skip


def test_the_centre_makes_no_such_work(partner: Partner) -> None:
    send(row(NIK=BUDI, **OTHER))
    partner.send(said("PRINT_READY_RECORD", "2017-05-01 09:00:00", NIK=BUDI))
    assert not Difference.objects.exists()


def test_a_batch_is_read_by_its_source_alone(partner: Partner) -> None:
    address = partner.send(row(NIK="1"))["Location"]
    assert partner.get(address).json()["rejected"] == 1
    other = Partner.made("lain")
    for place in (address, f"{address}/rejects", "/api/v1/batches/99999"):
        answer = other.get(place)
        assert (answer.status_code, code(answer)) == (404, "not_found")


def test_a_kecamatan_reads_its_own_batches_alone(partner: Partner, of_kecamatan: Partner) -> None:
    of_city = partner.send(row())["Location"]
    assert of_kecamatan.get(of_city).status_code == 404
    own = of_kecamatan.send(row(NIK=BUDI))["Location"]
    assert of_kecamatan.get(own).status_code == 200
    assert partner.get(own).status_code == 200


@pytest.mark.parametrize("key", ["0", "-1", "x", "9" * 30, "1.0", "%31x", "١"])
def test_a_number_that_is_none(partner: Partner, key: str) -> None:
    answer = partner.get(f"/api/v1/batches/{key}")
    assert (answer.status_code, code(answer)) == (404, "not_found")


def test_rejects_come_as_csv_and_can_be_put_right_and_sent_again(partner: Partner) -> None:
    answer = partner.send(row(), row(NIK=BUDI, NO_KEC="99"))
    rejects = partner.get(answer["Location"] + "/rejects")
    assert rejects["Content-Type"] == "text/csv; charset=utf-8"
    assert "no-store" in rejects["Cache-Control"]
    body = b"".join(rejects.streaming_content)
    assert b"region_unknown" in body
    again = partner.send_body(body.replace(b",99,", b",01,"))
    assert again.json()["created"] == 1


def test_without_rejects_there_is_a_header_alone(partner: Partner) -> None:
    body = partner.get(partner.send(row())["Location"] + "/rejects").getvalue().decode()
    assert body.startswith("NIK,")
    assert body.count("\n") == 1


def test_rejects_that_were_let_go_are_said_to_be_gone(partner: Partner) -> None:
    address = partner.send(row(NIK="1"))["Location"]
    Batch.objects.get().reject_chunks.all().delete()
    assert code(partner.get(address + "/rejects")) == "rejects_gone"


def test_rejects_of_a_batch_at_work_have_to_wait(partner: Partner) -> None:
    address = partner.send(row())["Location"]
    Batch.objects.update(state="confirmed")
    answer = partner.get(address + "/rejects")
    assert (answer.status_code, code(answer), answer["Retry-After"]) == (409, "batch_at_work", "2")
    assert partner.get(address)["Retry-After"] == "2"


def test_a_refused_batch_says_why(partner: Partner) -> None:
    partner.send_body(b"NIK\n1\n")
    said = partner.get(f"/api/v1/batches/{Batch.objects.get().pk}").json()
    assert (said["state"], "NAMA_LGKP" in said["message"]) == ("refused", True)
    assert json.dumps(said)


def test_events_say_which_batch_moved_a_card(partner: Partner) -> None:
    answer = partner.send(row())
    with acting(by="x", source="y"):
        settle()
    from tracking.models import Event

    assert Event.objects.get().source == f"batch:{answer.json()['batch']}"


def test_what_may_be_read_may_be_asked_for_its_head(partner: Partner) -> None:
    address = partner.send(row())["Location"]
    for place in (address, f"{address}/rejects"):
        answer = partner.client.head(place, headers={"authorization": f"Bearer {partner.words}"})
        assert (answer.status_code, answer.getvalue()) == (200, b"")
    assert partner.client.head(address).status_code == 401
