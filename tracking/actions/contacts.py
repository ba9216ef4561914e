"""Contacts of citizens: asked for on the receipt's page, confirmed by a code, told of each step, ended with one tap."""

import hashlib
import hmac
import re
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from outbox import channels, sending

from .. import sealing, tokens
from ..models import Card, Contact
from ..refusals import Refused
from ..stages import Stage

CONTACT = b"contact"
CODE_MESSAGE, STEP_MESSAGE = "contact_code", "contact_step"
CODE_HOLDS = timedelta(hours=24)
WRONG_CODES = 5
ASKED_A_DAY = 3
KEPT_AFTER_END = timedelta(days=90)
TOLD = (
    Stage.HELD,
    Stage.WAITING_FOR_BLANK,
    Stage.PRINTED,
    Stage.AT_KECAMATAN,
    Stage.OUT_FOR_DELIVERY,
    Stage.RETURNED,
    Stage.DELIVERED,
    Stage.CANCELLED,
)
"""Stages of which a citizen is told; the others ask nothing of anybody and follow one another quickly."""
_PHONE = re.compile(r"(?:\+62|62|0)8\d{7,11}")


class NotAContact(Refused):
    """Tulis nomor HP (08…) atau alamat e-mail yang benar."""


class AskedTooOften(Refused):
    """Kode sudah dikirim beberapa kali hari ini. Coba lagi besok."""


class WrongCode(Refused):
    """Kode itu tidak cocok. Periksa pesan yang Anda terima, lalu ketik lagi."""


class CodeIsDead(Refused):
    """Kode itu tidak berlaku lagi. Minta kode baru."""


def ask(card_id: int, *, where: str, language: str) -> Contact:
    """Send a code to a phone number or e-mail address; one that was kept for this card is forgotten."""
    kind, value = parse(where)
    now = timezone.now()
    with transaction.atomic():
        list(Card.objects.select_for_update(no_key=True).filter(pk=card_id))
        of_card = Contact.objects.filter(card_id=card_id)
        if of_card.filter(at__gt=now - timedelta(days=1)).count() >= ASKED_A_DAY:
            raise AskedTooOften
        of_card.filter(ended_at__isnull=True).update(ended_at=now, sealed=b"")
        contact = Contact.objects.create(
            card_id=card_id, kind=kind, sealed=sealing.seal(value.encode(), CONTACT), language=language
        )
        sending.write(CODE_MESSAGE, str(contact.pk), {"contact": contact.pk})
    return contact


def parse(where: str) -> tuple[str, str]:
    """What kind of contact this is, and how it is written; NotAContact."""
    where = where.strip()
    digits = re.sub(r"[\s.\-()]", "", where)
    if _PHONE.fullmatch(digits):
        return Contact.Kind.PHONE, "+62" + re.sub(r"^(?:\+?62|0)", "", digits)
    try:
        validate_email(where)
    except ValidationError:
        raise NotAContact from None
    return Contact.Kind.EMAIL, where


def confirm(card_id: int, *, code: str) -> None:
    """The citizen has read the code. WrongCode, CodeIsDead after a day or five wrong ones."""
    waiting = Contact.objects.filter(card_id=card_id, ended_at__isnull=True, confirmed_at__isnull=True)
    contact = waiting.first()
    alive = contact and contact.at > timezone.now() - CODE_HOLDS
    # claimed before it is compared, so that many at once have five tries together
    if (
        not contact
        or not alive
        or not waiting.filter(wrong_codes__lt=WRONG_CODES).update(wrong_codes=F("wrong_codes") + 1)
    ):
        raise CodeIsDead
    if not hmac.compare_digest(code_of(contact), re.sub(r"\s", "", code)):
        raise WrongCode
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE tracking_contact SET confirmed_at = now(), told_event ="
            " (SELECT max(e.id) FROM tracking_event e WHERE e.card_id = tracking_contact.card_id)"
            " WHERE id = %s AND ended_at IS NULL",
            [contact.pk],
        )


def end(contact_id: int) -> None:
    """Tell this contact nothing any more, and forget it."""
    Contact.objects.filter(pk=contact_id, ended_at__isnull=True).update(ended_at=timezone.now(), sealed=b"")


def code_of(contact: Contact) -> str:
    """The six digits that this contact was sent: derived, so nothing that could be stolen is kept."""
    key = hashlib.sha256(b"contact code" + settings.SECRET_KEY.encode()).digest()
    mac = hmac.new(key, f"{contact.pk}:{contact.at.timestamp()}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(mac[:8], 'big') % 1_000_000:06}"


def stop_token(contact_id: int) -> str:
    """For the link in each message that ends the messages."""
    return _stop().sign(str(contact_id))


def of_stop_token(token: str) -> int:
    """LookupError for a token that we never gave out."""
    try:
        return int(_stop().unsign(token))
    except signing.BadSignature:
        raise LookupError from None


def tell() -> int:
    """Write a message for every contact whose card has moved since; how many. The newest step alone is told."""
    with connection.cursor() as cursor:
        cursor.execute(_NEWS, [STEP_MESSAGE, [str(stage) for stage in TOLD]])
        return int(cursor.rowcount)


def forget_old() -> None:
    """What was ended a week ago, and everything 90 days after the end of its card."""
    now = timezone.now()
    Contact.objects.filter(ended_at__lt=now - timedelta(days=7)).delete()
    ended = Card.objects.filter(closed=True, since__lt=now - KEPT_AFTER_END)
    Contact.objects.filter(card_id__in=ended.values("pk")).delete()


def say_code(about: dict[str, Any]) -> channels.Outgoing | None:
    """The message with the code."""
    contact = Contact.objects.filter(
        pk=about["contact"], ended_at__isnull=True, confirmed_at__isnull=True
    ).first()
    if contact is None:
        return None
    with translation.override(contact.language):
        text = _(
            "Kode Anda untuk kabar e-KTP: %(code)s. Ketik di halaman tanda terima. Jangan beri kepada siapa pun."
        )
        return _to(contact, _("Kode kabar e-KTP"), text % {"code": code_of(contact)})


def say_step(about: dict[str, Any]) -> channels.Outgoing | None:
    """The news of one step: the stage's name and the address of the status page; no name, no NIK."""
    from ..public import texts

    contact = Contact.objects.filter(pk=about["contact"], ended_at__isnull=True).first()
    card = contact and Card.objects.filter(pk=contact.card_id).first()
    if not contact or not card:
        return None
    with translation.override(contact.language):
        look = texts.look(about["stage"], about["code"] or "", card.kind)
        text = _("e-KTP Anda: %(stage)s. Lihat %(address)s. Berhenti menerima kabar: %(stop)s") % {
            "stage": texts.WORDS[look].headline,
            "address": settings.SITE_URL
            + reverse("status", args=[tokens.token(card.pk, card.token_version)]),
            "stop": settings.SITE_URL + reverse("stop_news", args=[stop_token(contact.pk)]),
        }
        return _to(contact, _("Kabar e-KTP"), text)


def _stop() -> signing.Signer:
    return signing.Signer(salt="contact stop")


def _to(contact: Contact, subject: str, text: str) -> channels.Outgoing | None:
    value = sealing.unseal(contact.sealed, CONTACT).decode()
    if contact.kind == Contact.Kind.PHONE:
        return channels.text_message(value, text)
    return channels.Mail(value, subject, text)


_NEWS = """
    WITH moved AS (
        SELECT c.id, n.id AS event, n.to_stage, n.code
        FROM tracking_contact c CROSS JOIN LATERAL (
            SELECT e.id, e.to_stage, e.code FROM tracking_event e
            WHERE e.card_id = c.card_id AND e.id > c.told_event ORDER BY e.id DESC LIMIT 1) n
        WHERE c.ended_at IS NULL AND c.confirmed_at IS NOT NULL
        ORDER BY c.id FOR UPDATE OF c SKIP LOCKED),
    told AS (UPDATE tracking_contact c SET told_event = m.event FROM moved m WHERE c.id = m.id
             RETURNING c.id, m.event, m.to_stage, m.code)
    INSERT INTO outbox_message (name, kind, key, about, state, tries, fault)
    SELECT gen_random_uuid(), %s, t.id || ':' || t.event,
           jsonb_build_object('contact', t.id, 'stage', t.to_stage, 'code', t.code), 'waiting', 0, ''
    FROM told t WHERE t.to_stage = ANY (%s)
"""
