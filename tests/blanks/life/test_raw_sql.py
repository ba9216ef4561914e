"""What somebody with the site's own connection may try with blanks, and does not get."""

from collections.abc import Callable

import pytest

from blanks.ledger import ROUTES
from blanks.models import Account, BatchCard, Document, Movement, Serial
from staff.models import User
from tests import builders, people
from tests.blanks.house import quota, shipment
from tests.builders import OFFICE, print_on, refused, settle, sql, step
from tracking.actor import acting
from tracking.models import Card
from tracking.stages import Stage

from .ways import a_card_at, books, moved

pytestmark = pytest.mark.django_db

NOT_ALLOWED, NOT_NEGATIVE, ONCE, OVERLAP, NO_RANGE = "42501", "23514", "23505", "23P01", "22000"
ACCOUNTS = {"supplier": 1, "store": 2, "cards": 3, "spoiled": 4, "lost": 5, "sent_back": 6, "destroyed": 7}


@pytest.fixture(autouse=True)
def stock() -> None:
    """Serials 1001 to 1020 came; three are in a quota."""
    shipment(20)
    quota(1, 3)


def paper(kind: str = "division", **fields: object) -> Document:
    return Document.objects.create(kind=kind, number="X", dated="2017-09-01", **fields)


def move(
    cause: str, a: int, b: int, quantity: int = 1, *, by: object = OFFICE, document: bool = True
) -> None:
    with acting(by=by, source="test"):  # type: ignore[arg-type]
        sql(
            "INSERT INTO blanks_movement (from_account_id, to_account_id, quantity, cause, document_id)"
            " VALUES (%s, %s, %s, %s, %s)",
            [a, b, quantity, cause, paper().pk if document else None],
        )


def number(place: str, other: bool = False) -> int:
    return ACCOUNTS.get(place, 102 if other else 101)


class TestRoutes:
    LEGAL = {(r.cause.value, r.from_place.value, r.to_place.value) for r in ROUTES if not r.by_card}
    PLACES = (*ACCOUNTS, "quota")

    @pytest.mark.parametrize("cause", sorted({r.cause.value for r in ROUTES}))
    def test_blanks_move_on_no_way_that_is_not_listed(self, cause: str) -> None:
        before = books()
        for a in self.PLACES:
            for b in self.PLACES:
                if (cause, a, b) not in self.LEGAL:
                    with refused("EK010"):
                        move(cause, number(a), number(b, other=True))
        assert books() == before

    def test_nor_from_an_account_to_itself(self) -> None:
        with refused("EK010"):
            move("moved", 101, 101)

    def test_nor_to_an_account_that_does_not_exist(self) -> None:
        with refused("EK010"):
            move("divided", 2, 199)

    def test_nor_by_hand_without_a_paper(self) -> None:
        with refused("EK010"):
            move("divided", 2, 101, document=False)

    @pytest.mark.parametrize("quantity", [0, -1])
    def test_nor_backwards(self, quantity: int) -> None:
        with refused(NOT_NEGATIVE):
            move("divided", 2, 101, quantity)

    def test_nor_more_than_there_are(self) -> None:
        for cause, a, b, n in (("divided", 2, 101, 18), ("taken_back", 101, 2, 4), ("moved", 101, 102, 4)):
            with refused(NOT_NEGATIVE):
                move(cause, a, b, n)

    @pytest.mark.parametrize("who", [people.operator, people.officer, people.auditor])
    def test_nor_by_who_may_not(self, who: Callable[[], User]) -> None:
        person = who()
        for route in ROUTES:
            if route.supervisor:
                with refused("EK017"):
                    move(route.cause, number(route.from_place), number(route.to_place, True), by=person)

    def test_nor_by_nobody(self) -> None:
        with refused("EK001"):
            sql("INSERT INTO blanks_document (kind, number, dated, why) VALUES ('division', 'X', now(), '')")


class TestStockFromNowhere:
    def test_a_shipment_has_its_serials(self) -> None:
        for cause in ("received", "surplus"):
            with refused("EK012"):
                move(cause, 1, 2, 5)

    def test_and_serials_have_their_shipment(self) -> None:
        with refused("EK012"), acting(by=OFFICE, source="test"):
            sql(
                "INSERT INTO blanks_range (document_id, series_id, first, last, width)"
                " SELECT %s, id, 5000, 5009, 4 FROM blanks_series",
                [paper("shipment").pk],
            )

    def test_no_serial_comes_twice(self) -> None:
        for first, last in ((1020, 1030), (990, 1001), (1005, 1005), (1, 9999)):
            with refused(OVERLAP), acting(by=OFFICE, source="test"):
                sql(
                    "INSERT INTO blanks_range (document_id, series_id, first, last, width)"
                    " SELECT %s, id, %s, %s, 4 FROM blanks_series",
                    [paper("shipment").pk, first, last],
                )

    def test_a_range_is_a_range(self) -> None:
        for first, last in ((10, 9), (-5, 5), (1, 10**18)):
            with refused(NOT_NEGATIVE, NO_RANGE), acting(by=OFFICE, source="test"):
                sql(
                    "INSERT INTO blanks_range (document_id, series_id, first, last, width)"
                    " SELECT %s, id, %s, %s, 4 FROM blanks_series",
                    [paper("shipment").pk, first, last],
                )


class TestHistory:
    @pytest.mark.parametrize(
        "table",
        ["movement", "document", "range", "serial", "serialmove", "printbatch", "batchcard", "result", "priority", "account",
         "route", "stepeffect", "unsettled", "series", "reject"],
    )  # fmt: skip
    def test_is_neither_edited_nor_deleted_nor_emptied(self, table: str) -> None:
        column = sql(
            "SELECT min(attname) FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND attgenerated = ''",
            [f"blanks_{table}"],
        )[0][0]
        for statement in (
            f"UPDATE blanks_{table} SET {column} = {column}",
            f"DELETE FROM blanks_{table}",
            f"TRUNCATE blanks_{table}",
            f"ALTER TABLE blanks_{table} DISABLE TRIGGER ALL",
        ):
            with refused(NOT_ALLOWED), acting(by=OFFICE, source="test"):
                sql(statement)

    @pytest.mark.parametrize(
        "table", ["account", "serial", "printbatch", "batchcard", "late", "route", "stepeffect", "unsettled"]
    )
    def test_what_only_triggers_write_nobody_else_writes(self, table: str) -> None:
        with refused(NOT_ALLOWED), acting(by=OFFICE, source="test"):
            sql(f"INSERT INTO blanks_{table} DEFAULT VALUES")

    def test_who_and_when_are_not_said_by_hand(self) -> None:
        with acting(by=OFFICE, source="test"):
            sql(
                "INSERT INTO blanks_movement (from_account_id, to_account_id, quantity, cause, document_id, actor, at,"
                " source, xid) VALUES (2, 101, 1, 'divided', %s, 'staff:1', '2001-01-01', 'x', 7)",
                [paper().pk],
            )
        one = Movement.objects.latest("id")
        assert (one.actor, one.source, one.at.year > 2001, one.xid > 7) == (OFFICE, "test", True, True)

    def test_triggers_are_not_switched_off(self) -> None:
        with refused(NOT_ALLOWED):
            sql("SET session_replication_role = replica")


class TestSerials:
    def test_one_is_not_used_twice(self) -> None:
        print_on(a_card_at(Stage.BLANK_ALLOCATED), 1001)
        with refused("EK014"):
            print_on(a_card_at(Stage.BLANK_ALLOCATED), 1001)

    def test_nor_after_it_was_spoiled(self) -> None:
        print_on(a_card_at(Stage.BLANK_ALLOCATED), 1001, "misprint")
        card = Card.objects.get(stage=Stage.WAITING_FOR_BLANK)
        step(card, Stage.BLANK_ALLOCATED)
        with refused("EK014"):
            print_on(card, 1001)

    @pytest.mark.parametrize("serial", [1000, 1021, 0, 10**17])
    def test_one_that_never_came_is_not_printed_on(self, serial: int) -> None:
        with refused("EK013"):
            print_on(a_card_at(Stage.BLANK_ALLOCATED), serial)

    def test_two_cards_are_not_on_one(self) -> None:
        one, two = a_card_at(Stage.BLANK_ALLOCATED), a_card_at(Stage.BLANK_ALLOCATED)
        with refused("EK014", ONCE), acting(by=OFFICE, source="test"):
            sql(
                "INSERT INTO blanks_result (batch_id, card_id, outcome, series_id, number)"
                " SELECT batch_id, card_id, 'printed', (SELECT id FROM blanks_series), 1001"
                " FROM blanks_batchcard WHERE card_id IN (%s, %s)",
                [one.pk, two.pk],
            )

    def test_one_card_is_not_on_two(self) -> None:
        card = a_card_at(Stage.BLANK_ALLOCATED)
        with refused("EK012", "EK014", "EK002", ONCE), acting(by=OFFICE, source="test"):
            sql(
                "INSERT INTO blanks_result (batch_id, card_id, outcome, series_id, number)"
                " SELECT batch_id, card_id, 'printed', (SELECT id FROM blanks_series), n"
                " FROM blanks_batchcard, generate_series(1001, 1002) n WHERE card_id = %s",
                [card.pk],
            )

    def test_a_printed_card_has_no_second_result(self) -> None:
        """One that comes all the same has used a blank: it is spoiled, and the card stays on its own."""
        card = a_card_at(Stage.PRINTED)
        batch = BatchCard.objects.get(card_id=card.pk)
        before = books()
        with acting(by=OFFICE, source="test"):
            sql(
                "INSERT INTO blanks_result (batch_id, card_id, outcome, series_id, number)"
                " SELECT %s, %s, 'printed', id, 1009 FROM blanks_series",
                [batch.batch_id, card.pk],
            )
        sql("SET CONSTRAINTS ALL IMMEDIATE")
        assert moved(before) == "quota 1 → spoiled"
        assert Serial.objects.filter(place="cards", card_id=card.pk).count() == 1

    def test_a_result_of_a_card_of_another_batch_is_refused(self) -> None:
        one, two = a_card_at(Stage.BLANK_ALLOCATED), a_card_at(Stage.BLANK_ALLOCATED)
        other = BatchCard.objects.get(card_id=two.pk).batch_id
        with refused("EK015"), acting(by=OFFICE, source="test"):
            sql(
                "INSERT INTO blanks_result (batch_id, card_id, outcome, series_id, number)"
                " SELECT %s, %s, 'printed', id, 1001 FROM blanks_series",
                [other, one.pk],
            )

    def test_none_moves_alone(self) -> None:
        for movement in ("NULL", "(SELECT min(id) FROM blanks_movement)"):
            with refused("EK010", "EK014"), acting(by=OFFICE, source="test"):
                sql(
                    "INSERT INTO blanks_serialmove (movement_id, series_id, number, from_place, to_place)"
                    f" SELECT {movement}, id, 1001, 'free', 'destroyed' FROM blanks_series"
                )

    def test_none_is_bound_to_a_card_by_hand(self) -> None:
        card = a_card_at(Stage.BLANK_ALLOCATED)
        with refused("EK010"), acting(by=OFFICE, source="test"):
            sql(
                "INSERT INTO blanks_serialmove (series_id, number, from_place, to_place, card_id)"
                " SELECT id, 1001, 'free', 'cards', %s FROM blanks_series",
                [card.pk],
            )

    def test_what_is_spoiled_is_named_one_by_one(self) -> None:
        with refused("EK012"):
            move("spoiled", 2, 4, 2)

    def test_a_movement_names_no_more_than_it_moves(self) -> None:
        with refused("EK012"), acting(by=OFFICE, source="test"):
            lost = Movement.objects.create(
                document=paper("loss"), cause="lost", from_account_id=2, to_account_id=5, quantity=1
            )
            sql(
                "INSERT INTO blanks_serialmove (movement_id, series_id, number)"
                " SELECT %s, id, n FROM blanks_series, generate_series(1001, 1002) n",
                [lost.pk],
            )

    def test_what_was_lost_by_its_serial_is_not_found_without_it(self) -> None:
        card = a_card_at(Stage.OUT_FOR_DELIVERY)
        step(card, Stage.WAITING_FOR_BLANK, "lost")
        with refused("EK014"):
            move("found", 5, 2)
        move("lost", 101, 5)
        move("found", 5, 2)


class TestATemporaryTableInTheWay:
    @pytest.mark.parametrize(
        "name", ["route", "account", "stepeffect", "range", "serial", "movement", "batchcard", "unsettled"]
    )
    def test_takes_nothing_from_the_books(self, name: str) -> None:
        card = a_card_at(Stage.BLANK_ALLOCATED)
        before = books()
        sql(f"CREATE TEMP TABLE blanks_{name} AS TABLE public.blanks_{name} WITH NO DATA")
        batch = sql("SELECT max(batch_id) FROM public.blanks_batchcard")[0][0]
        with acting(by=OFFICE, source="test"):
            sql(
                "INSERT INTO public.blanks_result (batch_id, card_id, outcome, series_id, number)"
                " SELECT %s, %s, 'misprint', id, 1001 FROM blanks_series",
                [batch, card.pk],
            )
        sql("SET CONSTRAINTS ALL IMMEDIATE")
        sql(f"DROP TABLE pg_temp.blanks_{name}")
        assert moved(before) == "cards → spoiled"
        assert Serial.objects.get(number=1001).place == "spoiled"

    def test_makes_no_way_legal(self) -> None:
        sql("CREATE TEMP TABLE blanks_route AS TABLE public.blanks_route")
        sql(
            "INSERT INTO pg_temp.blanks_route (cause, from_place, to_place, by_card, supervisor, named)"
            " VALUES ('moved', 'destroyed', 'store', false, false, false), ('moved', 'supplier', 'quota', false, false, false)"
        )
        with refused("EK010"):
            move("moved", 1, 101)

    def test_makes_nobody_the_owner(self) -> None:
        sql("CREATE TEMP TABLE pg_class AS SELECT oid, relowner FROM pg_catalog.pg_class")
        sql("UPDATE pg_temp.pg_class SET relowner = current_user::regrole")
        sql("CREATE TEMP TABLE lever (id bigint)")
        sql(
            """CREATE FUNCTION pg_temp.pull() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN INSERT INTO public.blanks_movement (from_account_id, to_account_id, quantity, cause)
            VALUES (3, 101, 1, 'returned'); RETURN NEW; END $$"""
        )
        sql("CREATE TRIGGER pull BEFORE INSERT ON lever FOR EACH ROW EXECUTE FUNCTION pg_temp.pull()")
        a_card_at(Stage.BLANK_ALLOCATED)
        with refused("EK010"), acting(by=OFFICE, source="test"):
            sql("INSERT INTO lever VALUES (1)")


def test_the_sum_of_all_accounts_is_always_zero() -> None:
    a_card_at(Stage.DELIVERED)
    assert sum(Account.objects.values_list("balance", flat=True)) == 0


class TestTouchedStages:
    """The door tells later triggers which stages a statement touched; nobody else can tell them anything."""

    FORGED = "set_config('ektp.touched_1', '', {0}), set_config('ektp.touched_2', '', {0})"

    @pytest.mark.parametrize("local", ["true", "false"])
    def test_what_was_said_before_is_not_believed(self, local: str) -> None:
        card = a_card_at(Stage.WAITING_FOR_BLANK)
        with acting(by=OFFICE, source="test"):
            sql(f"SELECT {self.FORGED.format(local)}")
            sql("UPDATE tracking_card SET stage = 'BLANK_ALLOCATED' WHERE id = %s", [card.pk])
        settle()
        assert books()["cards"] == 1

    def test_nor_what_is_said_in_the_statement(self) -> None:
        card = a_card_at(Stage.WAITING_FOR_BLANK)
        with acting(by=OFFICE, source="test"):
            sql(
                f"""WITH said AS MATERIALIZED (SELECT {self.FORGED.format("true")})
                UPDATE tracking_card SET stage = 'BLANK_ALLOCATED' FROM said WHERE id = %s
                RETURNING {self.FORGED.format("true")}""",
                [card.pk],
            )
        settle()
        assert books()["cards"] == 1

    def test_the_statement_before_says_nothing_of_this_one(self) -> None:
        idle, card = a_card_at(Stage.RECORDED), a_card_at(Stage.WAITING_FOR_BLANK)
        with acting(by=OFFICE, source="test"):
            sql("UPDATE tracking_card SET stage = 'DEDUPLICATING' WHERE id = %s", [idle.pk])
            sql("UPDATE tracking_card SET stage = 'BLANK_ALLOCATED' WHERE id = %s", [card.pk])
            sql("UPDATE tracking_card SET requested_at = requested_at WHERE id = %s", [card.pk])
            builders.block(card)
        assert books()["cards"] == 0

    def test_every_trigger_that_relies_on_it_comes_after_the_door(self) -> None:
        relying = sql(
            """SELECT tgname, tgname > (SELECT tgname FROM pg_trigger WHERE tgname LIKE 'pgtrigger\\_card\\_moved\\_%%')
            FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
            WHERE p.prosrc LIKE '%%string_to_array(current_setting(''ektp.touched_%%' ORDER BY 1""",
            [],
        )
        assert len(relying) == 4
        assert all(after for _, after in relying)
