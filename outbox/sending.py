"""Writing messages with what they speak of, and sending what is due, with patience and never twice."""

import logging
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from .channels import NotSent, Outgoing
from .kinds import kind
from .models import Message

State = Message.State
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720, 1440))
"""How long after each failed attempt the next one follows; after the last one staff are asked."""
AT_ONCE = 20
INTERRUPTED = timedelta(minutes=5)
KEPT = timedelta(days=90)
log = logging.getLogger(__name__)


def write(kind: str, key: str, about: dict[str, Any]) -> None:
    """In the caller's transaction: a message of this kind, once for each key. `about` holds ids alone."""
    Message.objects.bulk_create([Message(kind=kind, key=key, about=about)], ignore_conflicts=True)


def send_due() -> int:
    """Send what is due; how many went out. A channel that fails is left alone until the next call."""
    sent, broken = 0, set[str]()
    for message in _claim():
        try:
            outgoing = kind(message.kind).render(message.about)
        except Exception as error:
            log.error("A message of kind %s has no words: %s", message.kind, type(error).__name__)
            _not_sent(message, type(error).__name__)
            continue
        if outgoing is None:
            _end(message, State.DROPPED)
            continue
        way = type(outgoing).__name__
        if way in broken:
            Message.objects.filter(pk=message.pk).update(state=State.WAITING, tries=message.tries - 1)
        elif _send(message, outgoing):
            sent += 1
        else:
            broken.add(way)
    return sent


def send_again(message: Message) -> bool:
    """Staff ask for a message that failed, or of which nobody knows whether it went out."""
    asked = Message.objects.filter(pk=message.pk, state__in=(State.FAILED, State.UNSURE))
    return asked.update(state=State.WAITING, tries=0, due_at=timezone.now(), fault="") == 1


def keep_house() -> None:
    """Take up what a killed worker was sending; let go of old messages."""
    now = timezone.now()
    for message in Message.objects.filter(state=State.SENDING, claimed_at__lt=now - INTERRUPTED):
        _interrupted(message)
    # what failed and nobody sent again in all that time is of no use to its receiver either
    Message.objects.filter(made_at__lt=now - KEPT).exclude(state__in=(State.WAITING, State.SENDING)).delete()


def _claim() -> list[Message]:
    with transaction.atomic():
        due = Message.objects.select_for_update(skip_locked=True).filter(
            state=State.WAITING, due_at__lte=timezone.now()
        )
        messages = list(due.order_by("due_at")[:AT_ONCE])
        for message in messages:
            message.state, message.tries, message.claimed_at = (
                State.SENDING,
                message.tries + 1,
                timezone.now(),
            )
        Message.objects.bulk_update(messages, ["state", "tries", "claimed_at"])
    return messages


def _send(message: Message, outgoing: Outgoing) -> bool:
    try:
        outgoing.send(str(message.name))
    except NotSent as error:
        _not_sent(message, str(error))
        return False
    _end(message, State.SENT, sent_at=timezone.now())
    return True


def _not_sent(message: Message, fault: str) -> None:
    log.warning("A message of kind %s was not sent (attempt %d): %s", message.kind, message.tries, fault)
    if message.tries > len(PAUSES):
        _end(message, State.FAILED, fault=fault[:200])
    else:
        _end(message, State.WAITING, fault=fault[:200], due_at=timezone.now() + PAUSES[message.tries - 1])


def _interrupted(message: Message) -> None:
    """An e-mail may have gone out already and its server would send it twice: a person decides."""
    try:
        outgoing = kind(message.kind).render(message.about)
    except Exception:
        outgoing = None
    _end(message, State.WAITING if outgoing is None or outgoing.repeatable else State.UNSURE)


def _end(message: Message, state: str, **fields: Any) -> None:
    if state == State.SENT:
        fields["fault"] = ""
    Message.objects.filter(pk=message.pk, state=State.SENDING).update(state=state, **fields)
