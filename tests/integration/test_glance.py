"""The whole dump again: rows that are known to the letter are not read, and come to what reading them would."""

from collections.abc import Iterator
from typing import Any

import pytest

from integration.feed import feed
from tests.integration.feeds import BUDI, DEWI, SITI, card, citizen, outcomes, said, send

PEOPLE = (BUDI, DEWI, SITI)


@pytest.fixture(autouse=True)
def read(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Lines that were read (0: all), of every feed however small; the first row is its sample."""
    lines: list[int] = []
    checked = feed.Feed._checked

    def noted(self: feed.Feed, task: feed.Task) -> Any:
        lines.extend(task.lines or [0])
        return checked(self, task)

    monkeypatch.setattr(feed, "SAMPLE", 1)
    monkeypatch.setattr(feed.Feed, "_checked", noted)
    return lines


def dump(**of_siti: str) -> list[dict[str, str]]:
    rows = [said("BIO_CAPTURED", NIK=number) for number in PEOPLE]
    rows[-1] |= of_siti
    return rows


@pytest.mark.django_db
def test_a_dump_sent_again_is_not_read(read: list[int]) -> None:
    assert outcomes(send(*dump())) == {"created": 3}
    read.clear()
    for _ in range(2):
        assert outcomes(send(*dump())) == {"unchanged": 3}
    assert read == []


@pytest.mark.django_db
def test_only_what_is_new_is_read(read: list[int]) -> None:
    send(*dump())
    read.clear()
    summary = send(*dump(NAMA_LGKP="SITI AMINAH BINTI ALI"), said("BIO_CAPTURED", NIK="x"))
    assert outcomes(summary) == {"updated": 1, "unchanged": 2, "rejected": 1}
    assert read == [4, 5]
    assert citizen().name == "SITI AMINAH BINTI ALI"


@pytest.mark.django_db
def test_another_way_to_write_it_is_read_and_unchanged() -> None:
    send(*dump())
    assert outcomes(send(*dump(TGL_STATUS="01/02/2017 09:00"))) == {"unchanged": 3}


@pytest.mark.django_db
def test_who_is_in_the_file_twice_is_read_though_one_row_is_known(read: list[int]) -> None:
    send(*dump())
    read.clear()
    older = said("BIO_CAPTURED", "2017-01-15 09:00:00", NIK=SITI)
    assert outcomes(send(*dump(), older)) == {"unchanged": 3, "stale": 1}
    assert read == [4, 5]


@pytest.mark.django_db
def test_a_row_that_was_once_accepted_but_is_no_longer_the_last_is_read() -> None:
    send(*dump())
    later = dump(CURRENT_STATUS_CODE="SENT_FOR_ENROLLMENT", TGL_STATUS="2017-03-01 09:00:00")
    assert outcomes(send(*later)) == {"updated": 1, "unchanged": 2}
    stage = card().stage
    assert outcomes(send(*dump())) == {"stale": 1, "unchanged": 2}
    assert card().stage == stage


@pytest.mark.django_db
def test_personal_data_that_goes_back_to_what_it_was_is_read() -> None:
    send(*dump())
    assert outcomes(send(*dump(NAMA_LGKP="SITI"))) == {"updated": 1, "unchanged": 2}
    assert outcomes(send(*dump())) == {"updated": 1, "unchanged": 2}
    assert citizen().name == "SITI AMINAH"


@pytest.mark.django_db
def test_so_is_what_a_row_without_a_time_has_changed_since() -> None:
    send(*dump())
    later = dump(CURRENT_STATUS_CODE="SENT_FOR_ENROLLMENT", TGL_STATUS="2017-03-01 09:00:00")
    send(*later)
    assert outcomes(send(*dump(NAMA_LGKP="SITI", TGL_STATUS="2017-03-01"))) == {"stale": 1, "unchanged": 2}
    assert citizen().name == "SITI"
    assert outcomes(send(*later)) == {"updated": 1, "unchanged": 2}
    assert citizen().name == "SITI AMINAH"
