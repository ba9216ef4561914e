"""Cases: a citizen opens one, staff answer it."""

from django.db import connection
from django.utils import timezone

from staff.models import User

from .. import calendar, sealing
from ..actor import acting
from ..models import Case
from ..refusals import AlreadyAnswered, action
from .steps import SOURCE

CASE_TEXT = b"case"
WORKING_DAYS = {Case.Kind.NOT_RECEIVED: 5, Case.Kind.OBJECTION: 14}
"""Working days until a case must be answered."""
CITIZEN, CITIZENS_PAGE = "citizen", "halaman warga"
LONGEST = 1000


@action
def open_case(card_id: int, *, kind: str, by_receipt: bool = False, text: str = "") -> Case:
    """A citizen reports or objects. CaseThere: one is open already; NoSuchCase: the card is not so far."""
    due_on = calendar.after(timezone.localdate(), WORKING_DAYS[Case.Kind(kind)])
    with acting(by=CITIZEN, source=CITIZENS_PAGE):
        return Case.objects.create(
            card_id=card_id, kind=kind, by_receipt=by_receipt, due_on=due_on, text_sealed=_sealed(text)
        )


@action
def answer_case(case_id: int, *, by: User, answer: str, text: str = "") -> None:
    """End a case with an answer; what is to happen to the card is done on its page."""
    with acting(by=by, source=SOURCE):
        open_ = Case.objects.filter(pk=case_id, answered_at__isnull=True)
        if not open_.update(answer=answer, answer_sealed=_sealed(text)):
            raise AlreadyAnswered


def forget_old() -> int:
    """Erase the words of cases 90 days after the end of their card and their answer; how many cases.

    The trigger of the case refuses it before. That there was a case, of which kind, and its answer stay.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FORGET)
        return int(cursor.rowcount)


def text_of(sealed: bytes | memoryview | None) -> str:
    """What somebody wrote in a case."""
    return sealing.unseal(sealed, CASE_TEXT).decode() if sealed else ""


def _sealed(text: str) -> bytes | None:
    text = text.strip()[:LONGEST]
    return sealing.seal(text.encode(), CASE_TEXT) if text else None


_FORGET = """
    UPDATE tracking_case k
    SET text_sealed = CASE WHEN k.text_sealed IS NOT NULL THEN ''::bytea END,
        answer_sealed = CASE WHEN k.answer_sealed IS NOT NULL THEN ''::bytea END
    FROM tracking_card c
    WHERE c.id = k.card_id AND c.closed AND c.since < now() - interval '90 days'
      AND k.answered_at < now() - interval '90 days'
      AND (octet_length(k.text_sealed) > 0 OR octet_length(k.answer_sealed) > 0)
"""
