"""Who acts, why and from where: said, or refused; whoever has the owner's rights is recorded as that."""

from collections.abc import Callable
from typing import Any

import pytest

from tests import cluster, people
from tests.builders import OFFICE, a_card, a_citizen, block, last_event, refused, sql, step
from tracking.actor import acting
from tracking.models import Card
from tracking.stages import Stage

Sql = Callable[..., list[tuple[Any, ...]]]


@pytest.mark.django_db
class TestTheSite:
    @pytest.mark.parametrize(
        ("actor", "source"),
        [("", ""), ("staff:1", ""), ("", "admin"), ("db:ektp_owner", "admin"), ("db:postgres", "admin")],
    )
    def test_changes_nothing_without_saying_who_and_from_where(self, actor: str, source: str) -> None:
        card = a_card()
        one = block(card)
        citizen = a_citizen()
        for change in (
            f"UPDATE tracking_card SET stage = 'DEDUPLICATING' WHERE id = {card.pk}",
            f"UPDATE tracking_card SET kecamatan_id = 2 WHERE id = {card.pk}",
            "INSERT INTO tracking_card (citizen_id, kind, stage, requested_at, kecamatan_id, since) "
            f"VALUES ({citizen.pk}, 'BARU', 'RECORDED', now(), 1, now())",
            f"INSERT INTO tracking_block (card_id, reason, source) VALUES ({card.pk}, 'moved', 'x')",
            f"UPDATE tracking_block SET lift_reason = 'checked' WHERE id = {one.pk}",
        ):
            with refused("EK001"):
                sql(
                    "SELECT set_config('ektp.actor', %s, true), set_config('ektp.source', %s, true)",
                    [actor, source],
                )
                sql(change)

    def test_is_not_the_owner_by_being_a_member_of_nothing(self) -> None:
        assert sql("SELECT current_user, session_user, pg_has_role('ektp_owner', 'MEMBER')") == [
            ("ektp_site", "ektp_site", False)
        ]

    def test_writes_the_person_down(self) -> None:
        joko = people.operator()
        assert step(a_card(), Stage.DEDUPLICATING, by=joko).actor == f"staff:{joko.pk}"

    def test_is_believed_when_it_names_a_supervisor(self) -> None:
        """A known limit: who holds the site's connection speaks for its people. The site checks them at log-in."""
        ratna = people.supervisor()
        assert step(a_card(), Stage.DEDUPLICATING, by=ratna.actor).actor == ratna.actor

    @pytest.mark.parametrize("actor", ["x" * 81])
    def test_gives_no_endless_names(self, actor: str) -> None:
        card = a_card()
        with refused("22001"):
            step(card, Stage.DEDUPLICATING, by=actor)

    def test_gets_the_outer_words_back_after_a_nested_act(self) -> None:
        with acting(by="test:outer", source="outer", reason="mistake"):
            with acting(by="test:inner", source="inner"):
                pass
            assert sql(
                "SELECT current_setting('ektp.actor'), current_setting('ektp.source'), current_setting('ektp.reason')"
            ) == [("test:outer", "outer", "mistake")]


def test_the_site_says_it_for_one_transaction_only(committed: None) -> None:
    with acting(by=OFFICE, source="test", reason="mistake", corrects=3):
        assert sql("SELECT current_setting('ektp.actor')") == [(OFFICE,)]
    said = sql(
        "SELECT nullif(current_setting('ektp.' || name, true), '') "
        "FROM unnest('{actor,source,reason,corrects}'::text[]) name"
    )
    assert said == [(None,)] * 4


class TestWhoeverHasTheOwnersRights:
    @pytest.mark.parametrize("role", ["ektp_owner", "postgres"])
    @pytest.mark.parametrize("claim", ["", "staff:1", "source:siak"])
    def test_is_recorded_as_the_role_they_are(self, committed: None, role: str, claim: str) -> None:
        card = a_card()
        with cluster.connect(role) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT set_config('ektp.actor', %s, false)", [claim])
            cursor.execute("UPDATE tracking_card SET stage = 'DEDUPLICATING' WHERE id = %s", [card.pk])
        connection.close()
        event = last_event(card)
        assert (event.actor, event.source) == (f"db:{role}", "sql")

    def test_passes_the_same_door(self, committed: None, owner_sql: Sql) -> None:
        import psycopg2

        card = a_card()
        with pytest.raises(psycopg2.DatabaseError) as caught:
            owner_sql("UPDATE tracking_card SET stage = 'PRINTED' WHERE id = %s", [card.pk])
        assert caught.value.pgcode == "EK002"

    def test_stays_the_role_that_logged_in_when_it_plays_the_site(
        self, committed: None, superuser_sql: Sql
    ) -> None:
        card = a_card()
        superuser_sql("SET ROLE ektp_site")
        superuser_sql("UPDATE tracking_card SET stage = 'DEDUPLICATING' WHERE id = %s", [card.pk])
        assert last_event(card).actor == "db:postgres"


@pytest.mark.django_db
def test_a_reason_is_kept_where_it_was_given() -> None:
    card = a_card(Stage.PRINTED)
    assert step(card, Stage.WAITING_FOR_BLANK, "lost").reason == "lost"
    assert Card.objects.get(pk=card.pk).stage == Stage.WAITING_FOR_BLANK
