"""What is done about the second step of somebody's log-in is told to that person, whoever did it."""

from typing import Any

from django.template.defaultfilters import date
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from staff.models import SecondStepAct, User
from staff.second_step.actions import acted

from .channels import Mail, Outgoing, text_message
from .kinds import register
from .sending import write

KIND = "staff_second_step"
Act = SecondStepAct.Act
SUBJECT = _("Akun e-KTP Bekasi: masuk dua langkah")
WORDS = {
    Act.ON: _("Masuk dua langkah dinyalakan untuk akun Anda pada {at}."),
    Act.REPLACED: _("Aplikasi kode akun Anda dipindah ke HP lain pada {at}."),
    Act.RECOVERY: _("Akun Anda dimasuki dengan kode cadangan pada {at}. Kode itu tidak berlaku lagi."),
    Act.OFF: _("Masuk dua langkah dimatikan untuk akun Anda pada {at}."),
    Act.RESET: _("Langkah kedua akun Anda dihapus pada {at}. Alasan: {why}."),
}
NOT_YOU = _("Bukan Anda? Hubungi penyelia Disdukcapil sekarang.")


def join() -> None:
    """Called when the site starts."""
    register(KIND, _("Kabar kepada petugas"), say)
    acted.connect(tell, dispatch_uid=KIND)


def tell(sender: Any, act: SecondStepAct, **told: Any) -> None:
    """In the transaction of the act."""
    write(KIND, str(act.pk), {"act": act.pk})


def say(about: dict[str, Any]) -> Outgoing | None:
    """By e-mail, or else by a text message; None: we know neither, and the next log-in says it."""
    act = SecondStepAct.objects.get(pk=about["act"])
    user = User.objects.filter(pk=act.user_id).first()
    words = WORDS[Act(act.act)].format(
        at=date(localtime(act.at), "j F Y H.i"), why=act.get_reason_display().lower()
    )
    text = f"{words} {NOT_YOU}"
    if user and user.email:
        return Mail(user.email, str(SUBJECT), text)
    return text_message(user.phone, text) if user and user.phone else None
