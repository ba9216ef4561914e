"""What the site's role may never do, each tried with raw SQL: history, numbers and counters are the door's."""

import pytest

from tests.builders import OFFICE, a_card, refused, settle, sql, step, stock
from tracking.actor import acting
from tracking.models import Card
from tracking.stages import Stage

pytestmark = pytest.mark.django_db

NOT_ALLOWED = "42501"
KEPT_BY_THE_DOOR = {
    "tracking_event": "reason = 'other'",
    "tracking_ticket": "number = 1",
    "tracking_stagecount": "n = 0",
    "tracking_queuehead": "last_number = 0",
    "tracking_queuebucket": "bucket = 0",
    "tracking_queuesuperbucket": "waiting = 0",
    "tracking_turn": "act = 'exception'",
    "tracking_unsettled": "n = 0",
    "tracking_step": "towards_citizen = false",
    "tracking_kecamatan": "name = 'x'",
    "tracking_kelurahan": "name = 'x'",
}
ONLY_GROWING = {"tracking_centralfact": "code = 'x'", "tracking_letterrule": "letters = 'CBA'"}
NEVER_EMPTIED = [*KEPT_BY_THE_DOOR, *ONLY_GROWING, "tracking_card", "tracking_citizen", "tracking_block"]


@pytest.fixture
def card() -> Card:
    return a_card(Stage.WAITING_FOR_BLANK)


@pytest.mark.parametrize(("table", "change"), (KEPT_BY_THE_DOOR | ONLY_GROWING).items(), ids=lambda x: x)
def test_rows_are_not_changed(card: Card, table: str, change: str) -> None:
    with refused(NOT_ALLOWED):
        sql(f"UPDATE {table} SET {change}")


@pytest.mark.parametrize("table", NEVER_EMPTIED)
def test_rows_are_not_deleted(card: Card, table: str) -> None:
    with refused(NOT_ALLOWED):
        sql(f"DELETE FROM {table}")


@pytest.mark.parametrize("table", NEVER_EMPTIED)
def test_tables_are_not_truncated(card: Card, table: str) -> None:
    with refused(NOT_ALLOWED):
        sql(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize("table", KEPT_BY_THE_DOOR)
def test_rows_are_not_added(card: Card, table: str) -> None:
    with refused(NOT_ALLOWED):
        sql(f"INSERT INTO {table} DEFAULT VALUES")
    with refused(NOT_ALLOWED):
        sql(f"COPY {table} FROM STDIN")


@pytest.mark.parametrize("table", KEPT_BY_THE_DOOR)
def test_rows_are_not_merged_or_locked(card: Card, table: str) -> None:
    with refused(NOT_ALLOWED):
        sql(f"MERGE INTO {table} t USING {table} s ON false WHEN MATCHED THEN DELETE")
    with refused(NOT_ALLOWED):
        sql(f"SELECT 1 FROM {table} FOR UPDATE")
    with refused(NOT_ALLOWED):
        sql(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")


@pytest.mark.parametrize(
    "attack",
    [
        "ALTER TABLE tracking_card DISABLE TRIGGER ALL",
        "ALTER TABLE tracking_card DISABLE TRIGGER USER",
        "ALTER TABLE tracking_card ADD COLUMN x int",
        "ALTER TABLE tracking_card OWNER TO ektp_site",
        "ALTER TABLE tracking_event DROP CONSTRAINT undone_once",
        "DROP TABLE tracking_event",
        "DROP TRIGGER pgtrigger_card_moved_d3dcb ON tracking_card",
        "CREATE OR REPLACE FUNCTION tracking_is_supervisor(actor text) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
        "CREATE FUNCTION tracking_actor(x int) RETURNS text LANGUAGE sql AS $$SELECT 'x'$$",
        "ALTER FUNCTION tracking_actor() SET search_path = pg_temp",
        "CREATE TABLE public.mine (id int)",
        "CREATE SCHEMA mine",
        "CREATE TRIGGER mine BEFORE UPDATE ON tracking_card FOR EACH ROW "
        "EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "CREATE RULE mine AS ON UPDATE TO tracking_card DO INSTEAD NOTHING",
        "CREATE POLICY mine ON tracking_card USING (true)",
        "CREATE TEMP TABLE mine () INHERITS (tracking_card)",
        "CREATE TEMP TABLE mine (id bigint REFERENCES tracking_card)",
        "SET session_replication_role = replica",
        "SET ROLE ektp_owner",
        "SET ROLE postgres",
        "SET SESSION AUTHORIZATION postgres",
        "GRANT ektp_owner TO ektp_site",
        "ALTER ROLE ektp_site SUPERUSER",
        "ALTER DATABASE CURRENT SET session_replication_role = 'replica'",
        "SELECT setval('tracking_event_id', 1)",
        "ALTER SEQUENCE tracking_event_id RESTART",
        "SELECT lo_import('/etc/passwd')",
        "COPY tracking_event TO PROGRAM 'cat'",
        "COPY tracking_card FROM '/etc/passwd'",
        "CREATE EXTENSION vector",
        "CREATE EVENT TRIGGER mine ON ddl_command_end EXECUTE FUNCTION pgtrigger_settle()",
        "SELECT pg_read_file('/etc/passwd')",
        "DO LANGUAGE plpgsql $$ BEGIN DELETE FROM tracking_event; END $$",
        "CREATE TEMP VIEW mine AS SELECT * FROM tracking_event; DELETE FROM mine",
        "WITH x AS (DELETE FROM tracking_ticket RETURNING *) SELECT * FROM x",
        "EXPLAIN ANALYZE DELETE FROM tracking_ticket",
    ],
)
def test_the_way_round_is_closed(card: Card, attack: str) -> None:
    with refused(NOT_ALLOWED, "42939", "42601", "42704", "42883", "42846", "42P16"):
        sql(attack.replace("CURRENT", sql("SELECT current_database()")[0][0]))


def test_rights_are_not_given_to_oneself(card: Card) -> None:
    sql("GRANT UPDATE ON tracking_event TO ektp_site")  # only a warning, for it may grant nothing
    assert sql("SELECT has_table_privilege('tracking_event', 'UPDATE')") == [(False,)]


def test_a_dropped_trigger_is_one_that_is_there() -> None:
    """So that the attacks above fail for want of the right, not of the trigger."""
    for (name,) in sql(
        "SELECT tgname FROM pg_trigger WHERE tgrelid = 'tracking_card'::regclass AND NOT tgisinternal"
    ):
        with refused(NOT_ALLOWED):
            sql(f"DROP TRIGGER {name} ON tracking_card")


def test_writing_functions_of_the_door_have_the_callers_rights(card: Card) -> None:
    with refused(NOT_ALLOWED):
        sql(
            "SELECT tracking_mark(1::smallint, 'A', 0, 9, ~ B'0'::bit(4096), ~ B'0'::bit(4096), B'0'::bit(4096))"
        )


class TestSessionSettings:
    @pytest.mark.parametrize(
        "path", ["pg_temp, pg_catalog, public", "pg_temp", "", "pg_catalog", "public, pg_temp"]
    )
    def test_no_search_path_opens_the_door(self, card: Card, path: str) -> None:
        stock(1, 1)
        sql("CREATE TEMP TABLE tracking_step AS TABLE public.tracking_step")
        sql(
            "INSERT INTO pg_temp.tracking_step VALUES (9999, 'WAITING_FOR_BLANK', 'DELIVERED', '', false, false)"
        )
        sql("CREATE TEMP TABLE tracking_event AS TABLE public.tracking_event")
        with acting(by=OFFICE, source="test"):
            sql("SELECT set_config('search_path', %s, true)", [path])
            with refused("EK002"):
                sql("UPDATE public.tracking_card SET stage = 'DELIVERED' WHERE id = %s", [card.pk])
            sql("UPDATE public.tracking_card SET stage = 'BLANK_ALLOCATED' WHERE id = %s", [card.pk])
            settle()
        assert sql(
            "SELECT to_stage FROM public.tracking_event WHERE card_id = %s ORDER BY id", [card.pk]
        ) == [
            ("WAITING_FOR_BLANK",),
            ("BLANK_ALLOCATED",),
        ]
        assert sql(
            "SELECT waiting FROM public.tracking_queuehead WHERE kecamatan_id = 1 AND letter = 'A'"
        ) == [(0,)]

    def test_a_temporary_sequence_gives_no_ids(self, card: Card) -> None:
        sql("CREATE TEMP SEQUENCE tracking_event_id START 1")
        before = sql("SELECT max(id) FROM tracking_event")[0][0]
        assert step(card, Stage.BLANK_ALLOCATED).id > before

    @pytest.mark.parametrize(
        "setting",
        [
            "transform_null_equals = on",
            "TimeZone = 'Pacific/Kiritimati'",
            "enable_nestloop = off",
            "enable_hashjoin = off",
            "jit = off",
            "plan_cache_mode = force_generic_plan",
            "standard_conforming_strings = off",
        ],
    )
    def test_no_setting_of_a_session_changes_the_count(self, card: Card, setting: str) -> None:
        sql(f"SET LOCAL {setting}")
        step(card, Stage.BLANK_ALLOCATED)
        assert sql("SELECT stage, n FROM tracking_stagecount WHERE n <> 0") == [("BLANK_ALLOCATED", 1)]

    def test_nothing_is_heard_by_listening(self, card: Card) -> None:
        from django.db import connection

        sql("LISTEN tracking_event")
        step(card, Stage.BLANK_ALLOCATED)
        raw = connection.connection
        raw.poll()
        assert raw.notifies == []
        sql("UNLISTEN *")


def test_two_phases_are_not_offered(committed: None) -> None:
    """A prepared transaction would hold the counters until somebody remembers it."""
    card = a_card()
    with refused("55000"), acting(by=OFFICE, source="test"):
        Card.objects.filter(pk=card.pk).update(stage=Stage.WAITING_FOR_BLANK)
        sql("PREPARE TRANSACTION 'mine'")
