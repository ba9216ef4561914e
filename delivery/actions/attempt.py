"""Attempts are booked by one statement for all of a sending; the trigger decides each, and answers for each."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.utils import timezone
from psycopg2.extras import execute_values

from staff.models import User
from tracking.actor import acting
from tracking.refusals import action

from .. import keys
from ..models import Link, Review, Round, Settled, Verdict, Why
from ..refusals_of_rounds import NoSuchWay
from .round import ADMIN, OFFICE, PAPER, PHONE

AT_ONCE = 200
"""Attempts in one sending."""
TAKEN_AFTER_THE_END = timedelta(days=7)
"""So long what a phone signed with the round's key is still taken, for review alone."""
REFUSED = "refused"


class Said(NamedTuple):
    """One attempt as a phone, a form or a paper list says it; parsed and within bounds."""

    uid: UUID
    place: int | None
    outcome: str
    at: datetime
    recipient: str = ""
    recipient_name: str = ""
    took_old_card: bool = False
    took_suket: bool = False
    took_police_letter: bool = False
    data_confirmed: bool = False
    note: str = ""


class Unreadable(NamedTuple):
    """One that makes no sense to this version of the site; kept as it came."""

    uid: UUID
    raw: str


class Answer(NamedTuple):
    """What became of one attempt: a verdict, and why an officer has to look."""

    verdict: str
    why: str


_COLUMNS = (
    "uid, round_id, place_id, link_id, courier_id, outcome, recipient, recipient_sealed, took_old_card, took_suket,"
    " took_police_letter, data_confirmed, note_sealed, phone_at, sent_at, line"
)


@action
def book_from_phone(
    link: Link, said: Sequence[Said | Unreadable], *, sent_at: datetime
) -> dict[UUID, Answer]:
    """Book what a phone sends, each attempt once; the answer for each, the same however often it is sent."""
    courier = link.courier
    with acting(by=courier.actor_name, source=PHONE), connection.cursor() as cursor:
        # one sending of a link at a time; a dead link keeps its last sign of life
        skew = round((sent_at - timezone.now()).total_seconds())
        cursor.execute(
            "UPDATE delivery_link SET seen_at = now(), skew = %s WHERE id = %s AND ended_at IS NULL",
            [max(min(skew, 2**31 - 1), -(2**31)), link.pk],
        )
        return _book(cursor, said, link.round, courier.pk, link=link.pk, sent_at=sent_at)


@action
def book_from_paper(its_round: Round, said: Sequence[Said], *, by: User) -> dict[UUID, Answer]:
    """Book what the signed list says, on the courier's behalf."""
    with acting(by=by, source=PAPER), connection.cursor() as cursor:
        current = Round.objects.select_for_update(no_key=True).get(pk=its_round.pk)
        return _book(
            cursor, said, current, current.taken_by_id or current.courier_id, link=None, sent_at=None
        )


@action
def settle_review(review: Review, *, by: User, how: str) -> None:
    """The officer has looked at what contradicts, and says how it ended."""
    with acting(by=by, source=OFFICE):
        Review.objects.filter(pk=review.pk, how="").update(how=how)


@action
def answer_review(review: int, *, by: User, answer: str) -> None:
    """A supervisor has looked at what an officer passed on. NoSuchWay: somebody has answered it already."""
    with acting(by=by, source=ADMIN):
        if not Review.objects.filter(pk=review, how=Settled.PASSED_ON, answer="").update(answer=answer):
            raise NoSuchWay


def _book(
    cursor: Any,
    said: Sequence[Said | Unreadable],
    its_round: Round,
    courier: int,
    *,
    link: int | None,
    sent_at: datetime | None,
) -> dict[UUID, Answer]:
    known = [(line, one) for line, one in enumerate(said) if isinstance(one, Said)]
    rows = [_row(one, line, its_round.pk, courier, link, sent_at) for line, one in known]
    if rows:
        execute_values(
            cursor.cursor,
            f"INSERT INTO delivery_attempt ({_COLUMNS}) VALUES %s ON CONFLICT (uid) DO NOTHING",
            sorted(rows),  # one order of keys: two sendings of the same attempts cannot wait for each other
            template="(%s::uuid, %s, %s::bigint, %s::bigint, %s, %s, %s, %s::bytea, %s, %s, %s, %s, %s::bytea, %s, %s::timestamptz, %s)",  # noqa: E501
            page_size=AT_ONCE,
        )
    _keep_unreadable([one for one in said if isinstance(one, Unreadable)], its_round.pk)
    return _answers(cursor, [one.uid for one in said], its_round.pk)


def _row(
    one: Said, line: int, its_round: int, courier: int, link: int | None, sent_at: datetime | None
) -> tuple[Any, ...]:
    return (
        *(str(one.uid), its_round, one.place, link, courier, one.outcome, one.recipient),
        keys.seal_text(one.recipient_name, keys.RECIPIENT),
        *(one.took_old_card, one.took_suket, one.took_police_letter, one.data_confirmed),
        keys.seal_text(one.note, keys.NOTE),
        *(one.at, sent_at, line),
    )


def _keep_unreadable(said: Sequence[Unreadable], its_round: int) -> None:
    Review.objects.bulk_create(
        [
            Review(
                uid=one.uid,
                round_id=its_round,
                why=Why.UNREADABLE,
                raw_sealed=keys.seal_text(one.raw, keys.RAW),
            )
            for one in said
        ],
        ignore_conflicts=True,
    )


def _answers(cursor: Any, uids: Sequence[UUID], its_round: int) -> dict[UUID, Answer]:
    """What is on record about these ids in this round; one of another round is refused."""
    cursor.execute(
        """SELECT uid, verdict, why FROM delivery_attempt WHERE uid = ANY(%(uids)s::uuid[]) AND round_id = %(round)s
        UNION ALL SELECT uid, %(review)s, why FROM delivery_review
        WHERE uid = ANY(%(uids)s::uuid[]) AND round_id = %(round)s AND raw_sealed IS NOT NULL""",
        {"uids": [str(uid) for uid in uids], "round": its_round, "review": Verdict.REVIEW.value},
    )
    found = {UUID(str(uid)): Answer(verdict, why) for uid, verdict, why in cursor.fetchall()}
    return {uid: found.get(uid, Answer(REFUSED, "")) for uid in uids}
