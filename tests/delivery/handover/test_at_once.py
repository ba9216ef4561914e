"""Two people at once: nothing is packed, received or closed twice, whoever comes second."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from delivery.actions.pack import NothingToPack, pack
from delivery.actions.receive import check, close
from delivery.handovers import Outcome
from delivery.models import Custody, Handover, HandoverCard
from tracking.refusals import Refused
from tracking.verify import verify

from ..cast import Office, printed


@pytest.fixture
def office(committed: None) -> Office:
    return Office()


def together(*deeds: Callable[[], Any]) -> list[Any]:
    """All at the same time, each on a connection of its own: what each gave, or was refused with."""

    def do(deed: Callable[[], Any]) -> Any:
        try:
            return deed()
        except Refused as refused:
            return type(refused)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(do, deeds))


def test_two_operators_pack_the_same_cards_once(office: Office) -> None:
    printed(20)
    done = together(*[lambda: pack(1, by=office.joko)] * 4)
    assert done.count(NothingToPack) == 3
    assert HandoverCard.objects.filter(open=True).count() == 20


def test_two_officers_scan_the_same_card(office: Office) -> None:
    made = office.collected(6)
    lines = [1, 2, 3, 4, 5, 6]
    done = together(
        *[lambda line=line: check(made.pk, [line], Outcome.RECEIVED, by=office.tuti) for line in lines * 3]
    )
    assert sum(one for one in done if isinstance(one, int)) == 6
    assert Custody.objects.filter(taker="kecamatan").count() == 6
    assert verify().ok


def test_one_says_received_and_the_other_missing(office: Office) -> None:
    made = office.collected(1)
    together(
        lambda: check(made.pk, [1], Outcome.RECEIVED, by=office.tuti),
        lambda: check(made.pk, [1], Outcome.MISSING, by=office.tuti),
    )
    assert made.lines.get().outcome in ("received", "missing")
    assert verify().ok


def test_two_tabs_close_once_and_numbers_have_no_gaps(office: Office) -> None:
    ready = []
    for _ in range(3):
        made = office.collected(1)
        check(made.pk, [1], Outcome.RECEIVED, by=office.tuti)
        ready.append(made.pk)
    together(*[lambda key=key: close(key, by=office.tuti) for key in ready * 2])
    assert sorted(Handover.objects.values_list("serial", flat=True)) == [1, 2, 3]
    assert verify().ok
