"""Who acts is said for one transaction, and forgotten after it."""

import pytest
from django.db import connection, transaction

from tests.staff.cast import staff
from tracking.actor import acting


def said(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting(%s, true), '')", [name])
        return str(cursor.fetchone()[0])


@pytest.mark.django_db
class TestInside:
    def test_it_says_who_why_and_from_where(self) -> None:
        user = staff("operator")
        with acting(by=user, source="admin", reason="lost", corrects=7):
            assert [said(f"ektp.{name}") for name in ("actor", "source", "reason", "corrects")] == [
                user.actor,
                "admin",
                "lost",
                "7",
            ]

    def test_the_outer_words_come_back(self) -> None:
        with acting(by="source:a", source="outer", reason="moved"):
            with acting(by=staff("operator"), source="inner"):
                assert said("ektp.reason") == ""
            assert (said("ektp.actor"), said("ektp.source"), said("ektp.reason")) == (
                "source:a",
                "outer",
                "moved",
            )

    def test_they_come_back_after_an_error_too(self) -> None:
        with acting(by="source:a", source="outer"):
            with pytest.raises(ZeroDivisionError), acting(by="source:b", source="inner"):
                1 / 0
            assert said("ektp.actor") == "source:a"

    def test_a_person_waits_a_second_for_a_lock_and_an_intake_as_long_as_it_takes(self) -> None:
        with acting(by=staff("operator"), source="admin"):
            assert said("lock_timeout") == "1s"
        with acting(by="source:siak", source="siak"):
            assert said("lock_timeout") == "0"


def test_the_transaction_forgets_it(committed: None) -> None:
    with acting(by="source:a", source="feed"):
        pass
    with transaction.atomic():
        assert said("ektp.actor") == ""
