"""The second step of a log-in: the code of an app, or one of ten codes on paper. Whatever changes is on record."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from ..triggers import Door, OwnerDoor
from .user import User

_DATED = """
    IF TG_OP = 'INSERT' THEN
        NEW.since := clock_timestamp();
    ELSIF (NEW.id, NEW.user_id) <> (OLD.id, OLD.user_id) THEN
        RAISE EXCEPTION USING ERRCODE = 'EK050', MESSAGE = 'an app belongs to one person';
    ELSIF NEW.since <> OLD.since THEN
        NEW.since := clock_timestamp();
    ELSIF NEW.last_step < OLD.last_step THEN
        RAISE EXCEPTION USING ERRCODE = 'EK050', MESSAGE = 'a code counts once';
    END IF;
    RETURN NEW;
"""

_TOLD = """
    IF TG_OP = 'DELETE' THEN
        INSERT INTO public.staff_secondstepact (user_id, act) VALUES (OLD.user_id, 'off');
    ELSIF TG_OP = 'INSERT' THEN
        INSERT INTO public.staff_secondstepact (user_id, act) VALUES (NEW.user_id, 'on');
    ELSIF NEW.since <> OLD.since THEN
        INSERT INTO public.staff_secondstepact (user_id, act) VALUES (NEW.user_id, 'replaced');
    END IF;
    RETURN NULL;
"""

_ONCE = """
    IF OLD.used_at IS NOT NULL OR (NEW.id, NEW.authenticator_id, NEW.code_hash)
       IS DISTINCT FROM (OLD.id, OLD.authenticator_id, OLD.code_hash)
    THEN
        RAISE EXCEPTION USING ERRCODE = 'EK050', MESSAGE = 'a recovery code counts once';
    END IF;
    NEW.used_at := clock_timestamp();
    RETURN NEW;
"""

_TOLD_USED = """
    INSERT INTO public.staff_secondstepact (user_id, act)
    SELECT a.user_id, 'recovery' FROM public.staff_authenticator a WHERE a.id = NEW.authenticator_id;
    RETURN NULL;
"""

_TOLD_NEW = """
    INSERT INTO public.staff_secondstepact (user_id, act)
    SELECT DISTINCT a.user_id, 'codes'
    FROM fresh JOIN public.staff_authenticator a ON a.id = fresh.authenticator_id;
    RETURN NULL;
"""

# Who acts is what was said with set_config (staff/actor.py); the owner's own roles are named by the database.
_SIGNED = """
    NEW.at := clock_timestamp();
    NEW.username := (SELECT u.username FROM public.staff_user u WHERE u.id = NEW.user_id);
    NEW.actor := nullif(current_setting('ektp.actor', true), '');
    NEW.reason := '';
    IF pg_has_role(session_user, (SELECT c.relowner FROM pg_class c WHERE c.oid = TG_RELID), 'MEMBER') THEN
        NEW.actor := 'db:' || session_user;
    ELSIF NEW.actor IS NULL OR NEW.actor LIKE 'db:%' THEN
        RAISE EXCEPTION USING ERRCODE = 'EK050', MESSAGE = 'who acts (ektp.actor) must be said';
    END IF;
    IF NEW.actor = 'staff:' || NEW.user_id THEN
        RETURN NEW;
    END IF;
    IF NEW.act <> 'off' AND NEW.actor NOT LIKE 'db:%' OR NEW.actor LIKE 'staff:%' AND NOT EXISTS (
        SELECT FROM public.staff_user u JOIN public.staff_user_groups ug ON ug.user_id = u.id
        JOIN public.auth_group g ON g.id = ug.group_id
        WHERE 'staff:' || u.id = NEW.actor AND u.is_active AND g.name = 'supervisor')
    THEN
        RAISE EXCEPTION USING ERRCODE = 'EK050',
            MESSAGE = 'a supervisor turns off what a colleague has, and nobody does more for another';
    END IF;
    IF NEW.act = 'off' THEN
        NEW.act := 'reset';
        NEW.reason := coalesce(nullif(current_setting('ektp.reason', true), ''),
                               CASE WHEN NEW.actor LIKE 'db:%' THEN 'other' ELSE '' END);
    END IF;
    RETURN NEW;
"""


class Authenticator(models.Model):
    """The app of one person, from its first right code on. Without one a password alone lets in."""

    site_may = "SELECT, INSERT, UPDATE, DELETE"  # its doors let nothing go unrecorded

    user = models.OneToOneField(User, models.PROTECT)
    secret_sealed = models.BinaryField(max_length=64)
    since = models.DateTimeField(_("sejak"), db_default=Now(), editable=False)
    # the half minute whose code was taken last: none before it, and not its own again
    last_step = models.BigIntegerField(default=0)
    # wrong codes in a row and when the last was tried, from anywhere (the log-in's own limit counts a place)
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("aplikasi kode")
        triggers = [
            Door(
                name="authenticator_dated",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=_DATED,
            ),
            OwnerDoor(
                name="authenticator_told",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=_TOLD,
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)


class RecoveryCode(models.Model):
    """One of the codes on paper, for a day without the phone. Random enough to need no key for its hash."""

    site_may = "SELECT, INSERT, UPDATE, DELETE"  # new ones replace the old

    authenticator = models.ForeignKey(Authenticator, models.CASCADE, related_name="codes")
    code_hash = models.BinaryField(max_length=32)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("kode cadangan")
        constraints = [
            models.UniqueConstraint(fields=["authenticator", "code_hash"], name="one_recovery_code"),
        ]
        triggers = [
            Door(name="recovery_once", when=pgtrigger.Before, operation=pgtrigger.Update, func=_ONCE),
            OwnerDoor(
                name="recovery_used", when=pgtrigger.After, operation=pgtrigger.Update, func=_TOLD_USED
            ),
            OwnerDoor(
                name="recovery_new",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(new="fresh"),
                func=_TOLD_NEW,
            ),
        ]

    def __str__(self) -> str:
        return str(self.authenticator)


class SecondStepAct(models.Model):
    """What was done about somebody's second step, by whom and why. Written by the doors above alone."""

    site_may = "SELECT"
    by = ""  # the actor's name, where it was looked up

    class Act(models.TextChoices):
        """What was done."""

        ON = "on", _("Dinyalakan")
        REPLACED = "replaced", _("Dipindah ke HP lain")
        CODES = "codes", _("Kode cadangan dibuat")
        RECOVERY = "recovery", _("Kode cadangan dipakai")
        OFF = "off", _("Dimatikan")
        RESET = "reset", _("Dihapus oleh penyelia")

    class Reason(models.TextChoices):
        """Why a colleague's was reset."""

        LOST = "lost", _("HP hilang atau rusak")
        LEAKED = "leaked", _("Akun mungkin dipakai orang lain")
        OTHER = "other", _("Sebab lain")

    at = models.DateTimeField(_("waktu"), db_default=Now(), editable=False)
    user_id = models.BigIntegerField(_("nomor akun"))
    username = models.CharField(_("akun"), max_length=150)
    act = models.CharField(_("tindakan"), max_length=8, choices=Act)
    actor = models.CharField(_("oleh"), max_length=80)
    reason = models.CharField(_("alasan"), max_length=8, choices=Reason, blank=True)

    class Meta:
        verbose_name = _("catatan masuk dua langkah")
        verbose_name_plural = _("catatan masuk dua langkah")
        indexes = [models.Index(fields=["user_id", "id"], name="second_step_user")]
        constraints = [
            # this prevents a colleague's protection taken away without a word
            models.CheckConstraint(
                condition=~Q(act="reset") | Q(reason__in=("lost", "leaked", "other")), name="reset_says_why"
            ),
        ]
        triggers = [
            Door(name="second_step_signed", when=pgtrigger.Before, operation=pgtrigger.Insert, func=_SIGNED),
        ]

    def __str__(self) -> str:
        return f"{self.username}: {self.get_act_display()}"
