"""Served before their turn: a supervisor's word, with a category and a reason, from the card's page."""

import pytest

from blanks.models import Priority
from tests.blanks.house import quota, shipment
from tests.builders import settle
from tests.staff.cast import a_card, as_, deed, logged_in, page_of, staff
from tracking.actions import block
from tracking.models import Block, Card

pytestmark = pytest.mark.django_db
WHY = {"category": "travel", "why": "Berangkat umrah 3 September"}


def test_a_supervisor_serves_a_waiting_card_first_and_it_is_said_and_listed() -> None:
    card, user = a_card("WAITING_FOR_BLANK"), staff("supervisor")
    client = logged_in(user)
    assert "Akan diumumkan" in client.get(page_of(card)).content.decode()
    assert client.post(deed(card, "dahulukan"), WHY).status_code == 303
    settle()
    one = Priority.objects.get(card_id=card.pk)
    assert (one.category, one.why, one.actor) == ("travel", WHY["why"], user.actor)
    page = client.get(page_of(card)).content.decode()
    assert "Didahulukan: Perjalanan" in page
    assert "/tindakan/dahulukan/" not in page
    list_ = client.get("/admin/blanks/priority/").content.decode()
    assert WHY["why"] in list_
    assert "A-1" in list_


@pytest.mark.parametrize(
    "data", [{}, {"category": "travel"}, {"why": "tanpa golongan"}, WHY | {"category": "vip"}]
)
def test_category_and_reason_are_needed(data: dict[str, str]) -> None:
    card = a_card("WAITING_FOR_BLANK")
    assert as_("supervisor").post(deed(card, "dahulukan"), data).status_code == 422
    assert not Priority.objects.exists()


@pytest.mark.parametrize("role", ["operator", "auditor", "kecamatan"])
def test_nobody_else_may(role: str) -> None:
    card = a_card("WAITING_FOR_BLANK")
    client = as_(role)
    assert "/tindakan/dahulukan/" not in client.get(page_of(card)).content.decode()
    assert client.post(deed(card, "dahulukan"), WHY).status_code == 403
    assert not Priority.objects.exists()


def test_only_a_card_that_waits_is_served_first() -> None:
    card = a_card("RECORDED")
    client = as_("supervisor")
    assert "/tindakan/dahulukan/" not in client.get(page_of(card)).content.decode()
    assert "tidak sedang menunggu" in client.post(deed(card, "dahulukan"), WHY, follow=True).content.decode()


class TestPrintedElsewhere:
    """What the centre says of a card that waits is settled by a supervisor."""

    def test_it_was_issued_elsewhere(self) -> None:
        shipment(1)
        quota(4, 1)
        card = a_card("WAITING_FOR_BLANK")
        block(card.pk, by=staff("operator"), reason="printed_elsewhere")
        client = as_("supervisor")
        work = {str(one.label): one for one in client.get("/admin/").context["work"]}
        assert work["Dicetak di tempat lain?"].count == 1
        assert "terbit-di-tempat-lain" in client.get(page_of(card)).content.decode()
        client.post(deed(card, "terbit-di-tempat-lain"), {"seen": "WAITING_FOR_BLANK"})
        settle()
        card.refresh_from_db()
        assert (card.stage, card.blocked) == ("CANCELLED", False)
        assert Block.objects.get(card_id=card.pk).lifted_at
        assert "Sudah terbit di tempat lain" in client.get(page_of(card)).content.decode()

    def test_it_was_not_and_the_block_is_lifted(self) -> None:
        card = a_card("WAITING_FOR_BLANK")
        block(card.pk, by=staff("operator"), reason="printed_elsewhere")
        one = Block.objects.get(card_id=card.pk)
        as_("supervisor").post(deed(card, "cabut-blokir"), {"block": one.pk, "reason": "checked"})
        assert (Card.objects.get(pk=card.pk).stage, Card.objects.get(pk=card.pk).blocked) == (
            *("WAITING_FOR_BLANK", False),
        )

    def test_an_operator_does_not_settle_it(self) -> None:
        card = a_card("WAITING_FOR_BLANK")
        block(card.pk, by=staff("operator"), reason="printed_elsewhere")
        answer = as_("operator").post(deed(card, "terbit-di-tempat-lain"), {"seen": "WAITING_FOR_BLANK"})
        assert answer.status_code == 403
        assert Card.objects.get(pk=card.pk).stage == "WAITING_FOR_BLANK"
