"""Lists and searches have an index to go by, so that they are as fast at 1.8 million cards as at ten."""

from typing import Any

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from tests.staff.cast import NIKS, a_card, staff
from tracking.models import Card
from tracking.queries import staff as queries

pytestmark = pytest.mark.django_db
LIMIT = 51


@pytest.fixture(autouse=True)
def many_cards() -> None:
    """The planner is told that a scan or a sort of everything is dear, as it is when there is much."""
    for stage in ("RECORDED", "WAITING_FOR_BLANK", "RETURNED", "DELIVERED"):
        a_card(stage)
    with connection.cursor() as cursor:
        for way in ("seqscan", "sort", "bitmapscan", "hashjoin", "mergejoin"):
            cursor.execute(f"SET LOCAL enable_{way} = off")


def plan_of(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + sql)
        return "\n".join(line for (line,) in cursor.fetchall())


def plan_of_list(**filters: str) -> str:
    from django.contrib import admin

    request: Any = RequestFactory().get("/admin/tracking/card/", filters)
    request.user = staff("operator")
    card_admin = admin.site.get_model_admin(Card)
    with CaptureQueriesContext(connection) as told:
        card_admin.get_changelist_instance(request)
    [sql] = [one["sql"] for one in told if 'FROM "tracking_card"' in one["sql"] and "LIMIT" in one["sql"]]
    return plan_of(sql)


@pytest.mark.parametrize(
    "filters",
    [
        {},
        {"tahap": "RETURNED"},
        {"tahap": "DELIVERED"},
        {"kecamatan": "4"},
        {"kecamatan": "4", "tahap": "HELD"},
        {"jenis": "UBAH"},
        {"blokir": "ya"},
        {"buku": "dicari"},
        {"buku": "luar"},
        {"sesudah": "3"},
        {"sebelum": "3"},
    ],
    ids=str,
)
def test_a_list_scans_and_sorts_nothing(filters: dict[str, str]) -> None:
    plan = plan_of_list(**filters)
    assert "Seq Scan on tracking_card" not in plan, plan
    assert "Seq Scan on tracking_citizen" not in plan, plan


@pytest.mark.parametrize("stage", ["RETURNED", "HELD", "PRINTED", "CANCELLED", "RECORDED"])
def test_a_stage_that_is_not_the_last_is_found_through_its_phase(stage: str) -> None:
    assert "card_not_delivered" in plan_of_list(tahap=stage)


def test_a_kecamatan_is_found_through_its_index() -> None:
    assert "card_place" in plan_of_list(kecamatan="4")


def test_blocked_cards_are_found_from_their_blocks() -> None:
    assert "tracking_block" in plan_of_list(blokir="ya")


def search_plan(search: Any, *arguments: Any) -> str:
    with CaptureQueriesContext(connection) as told:
        search(staff("operator"), *arguments)
    return "\n".join(
        plan_of(one["sql"]) for one in told if '"tracking_c' in one["sql"] or "ticket" in one["sql"]
    )


def test_a_nik_is_found_through_its_unique_index() -> None:
    plan = search_plan(queries.by_nik, next(NIKS))
    assert "nik_index" in plan
    assert "Seq Scan" not in plan, plan


def test_a_name_is_found_and_ordered_by_the_index_of_names() -> None:
    plan = search_plan(queries.by_name, "BUDI")
    assert "Index Scan using citizen_name" in plan
    assert "~>=~" in plan
    assert "Sort" not in plan, plan
    assert "Seq Scan" not in plan, plan


def test_a_queue_number_is_found_through_its_index() -> None:
    a_card("WAITING_FOR_BLANK")
    plan = search_plan(queries.by_number, "A", 1, None)
    assert "number_once" in plan
    assert "Seq Scan on tracking_card" not in plan, plan
