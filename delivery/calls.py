"""The call of a kecamatan: its officers are told that cards wait for them. Without NIK, name or number of a card."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from outbox.channels import Mail, Outgoing, text_message
from outbox.sending import write
from staff.models import User
from staff.roles import Role

from .handovers import Leg, State
from .models import Handover

KIND = "handover_called"


def call(handover: Handover) -> None:
    """In the caller's transaction: one message to each officer of the kecamatan that is to collect."""
    if handover.leg == Leg.TO_KELURAHAN:
        return  # the officer goes there
    officers = User.objects.filter(
        is_active=True, kecamatan_id=handover.to_kecamatan_id, groups__name=Role.KECAMATAN
    )
    for officer in officers.exclude(email="", phone="").values_list("pk", flat=True):
        write(KIND, f"{handover.pk}:{officer}", {"handover": handover.pk, "officer": officer})


def words(about: dict[str, Any]) -> Outgoing | None:
    """The message as it is sent; nothing if somebody has collected the cards meanwhile, or is no officer any more."""
    found = Handover.objects.filter(pk=about["handover"], state=State.CALLED).first()
    officer = User.objects.filter(pk=about["officer"], is_active=True).first()
    if found is None or officer is None:
        return None
    count = found.lines.filter(open=True).count()
    text = _("%(count)s e-KTP untuk %(to)s siap dijemput di %(at)s. Lihat %(address)s/petugas/") % {
        "count": count,
        "to": found.destination,
        "at": found.origin,
        "address": settings.SITE_URL,
    }
    if officer.email:
        return Mail(officer.email, _("e-KTP siap dijemput"), text)
    return text_message(officer.phone, text)
