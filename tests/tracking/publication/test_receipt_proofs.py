"""`bukti.json` of a receipt: proofs for its holder, and nothing for anybody else."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.builders import a_card, step
from tests.staff.cast import staff
from tools import check_publication
from tracking.actions import give_receipt, revoke_receipt
from tracking.publication import queries
from tracking.stages import Stage

from .house import Days

Sql = Callable[..., list[tuple[Any, ...]]]
pytestmark = pytest.mark.usefixtures("committed")


def test_the_holder_proves_what_is_published_and_reads_what_is_not_yet(superuser_sql: Sql) -> None:
    days = Days(superuser_sql, 1)
    card = a_card(Stage.RECORDED)
    step(card, Stage.DEDUPLICATING)
    days.end()
    step(card, Stage.WAITING_FOR_BLANK)
    officer = staff("kecamatan")
    path = f"/tanda-terima/{give_receipt(card.pk, by=officer, shown='kk')}/"

    assert 'href="bukti.json"' in Client().get(path).content.decode()
    answer = Client().get(f"{path}bukti.json")
    told = answer.json()
    found = check_publication.Problems()
    check_publication.check_proof(told, queries.integrity()["days"], found)
    assert found == []
    assert (len(told["proofs"]), told["unpublished"]) == (2, 1)
    assert (answer["Cache-Control"], answer["X-Robots-Tag"]) == ("no-store", "noindex")

    revoke_receipt(card.pk, by=officer)
    assert Client().get(f"{path}bukti.json").status_code == 404


def test_a_token_that_opens_nothing_proves_nothing() -> None:
    assert Client().get(f"/tanda-terima/{'A' * 22}/bukti.json").status_code == 404
    assert Client().post(f"/tanda-terima/{'A' * 22}/bukti.json").status_code == 405
