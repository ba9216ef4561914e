"""What an attacker with the site's own connection may try against the door."""

import pytest

from tests.builders import OFFICE, a_card, block, refused, settle, sql
from tracking.actor import acting
from tracking.models import Card

pytestmark = pytest.mark.django_db

NOT_ALLOWED = "42501"


@pytest.fixture
def card() -> Card:
    return a_card()


class TestHelperFunctionsOfTheDoor:
    """A trigger function with the owner's rights must not run for a table of the attacker's own."""

    def _trigger(self, name: str) -> str:
        rows = sql("SELECT tgfoid::regproc::text FROM pg_trigger WHERE tgname LIKE %s", [f"%{name}%"])
        return str(rows[0][0])

    @pytest.mark.parametrize("name", ["card_created", "card_moved", "block_set", "block_lifted", "settle"])
    def test_are_not_hung_on_a_temporary_table(self, card: Card, name: str) -> None:
        sql("CREATE TEMP TABLE mine (LIKE tracking_card)")
        with refused(NOT_ALLOWED):
            sql(
                f"""CREATE TRIGGER mine AFTER UPDATE ON mine REFERENCING NEW TABLE AS new_rows
                FOR EACH STATEMENT EXECUTE FUNCTION {self._trigger(name)}()"""
            )

    def test_every_function_that_runs_as_owner_has_a_path_of_its_own(self) -> None:
        assert (
            sql(
                """SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace
                AND proconfig IS DISTINCT FROM ARRAY['search_path=public, pg_temp']"""
            )
            == []
        )

    def test_none_that_runs_as_owner_is_open_to_everybody(self) -> None:
        assert (
            sql(
                """SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace
                AND prorettype = 'trigger'::regtype AND has_function_privilege(oid, 'EXECUTE')"""
            )
            == []
        )


class TestATemporaryTableInTheWay:
    @pytest.mark.parametrize(
        "name", ["tracking_event", "tracking_step", "tracking_unsettled", "tracking_card", "tracking_ticket"]
    )
    def test_takes_nothing_from_the_door(self, card: Card, name: str) -> None:
        sql(f"CREATE TEMP TABLE {name} AS TABLE public.{name} WITH NO DATA")
        with acting(by=OFFICE, source="test"):
            sql("UPDATE public.tracking_card SET stage = 'WAITING_FOR_BLANK' WHERE id = %s", [card.pk])
        settle()
        assert sql(
            "SELECT to_stage FROM public.tracking_event WHERE card_id = %s ORDER BY id", [card.pk]
        ) == [
            ("RECORDED",),
            ("WAITING_FOR_BLANK",),
        ]
        assert sql("SELECT count(*) FROM public.tracking_ticket WHERE card_id = %s", [card.pk]) == [(1,)]

    def test_named_like_the_table_of_steps_makes_nothing_legal(self, card: Card) -> None:
        sql("CREATE TEMP TABLE tracking_step AS TABLE public.tracking_step")
        sql("INSERT INTO tracking_step VALUES (9999, 'RECORDED', 'PRINTED', '', false, false)")
        with refused("EK002"), acting(by=OFFICE, source="test"):
            sql("UPDATE tracking_card SET stage = 'PRINTED' WHERE id = %s", [card.pk])

    def test_named_like_a_catalogue_makes_nobody_the_owner(self, card: Card) -> None:
        sql("CREATE TEMP TABLE pg_class AS SELECT oid, relowner FROM pg_catalog.pg_class")
        sql("UPDATE pg_temp.pg_class SET relowner = current_user::regrole")
        with refused("EK001"):
            sql("INSERT INTO tracking_block (card_id, reason, source) VALUES (%s, 'review', 'x')", [card.pk])

    def test_with_a_trigger_of_its_own_lifts_no_block(self, card: Card) -> None:
        block(card)
        sql("CREATE TEMP TABLE pg_class AS SELECT oid, relowner FROM pg_catalog.pg_class")
        sql("UPDATE pg_temp.pg_class SET relowner = current_user::regrole")
        sql("CREATE TEMP TABLE lever (id bigint)")
        sql(
            """CREATE FUNCTION pg_temp.pull() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN UPDATE public.tracking_card SET blocked = false WHERE id = NEW.id; RETURN NEW; END $$"""
        )
        sql("CREATE TRIGGER pull BEFORE INSERT ON lever FOR EACH ROW EXECUTE FUNCTION pg_temp.pull()")
        with refused("EK007"), acting(by=OFFICE, source="test"):
            sql("INSERT INTO lever VALUES (%s)", [card.pk])
