"""The counter: a card handed to its holder or a family member, and what was taken back for it."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tracking.models import Kecamatan, Receipt
from tracking.triggers import Door

from .attempt import Recipient

# The step comes first; the collection says more of it. Who hands a card over must have had it in hand.
_COLLECT = """
    SELECT e.id, e.actor INTO step FROM tracking_event e
    WHERE e.card_id = NEW.card_id AND e.to_stage = 'DELIVERED' ORDER BY e.id DESC LIMIT 1;
    SELECT c.giver, c.giver_id INTO before FROM delivery_custody c JOIN delivery_piece p ON p.id = c.piece_id
    WHERE p.card_id = NEW.card_id AND p.current AND c.event_id = step.id ORDER BY c.number DESC LIMIT 1;
    IF step.actor IS DISTINCT FROM tracking_actor() OR before.giver IS NULL OR before.giver NOT IN ('kecamatan', 'operator')
       OR before.giver = 'kecamatan' AND before.giver_id IS DISTINCT FROM delivery_kecamatan_of(step.actor)
    THEN
        RAISE EXCEPTION USING ERRCODE = 'EK026', MESSAGE = 'a card is handed over by the office that holds it';
    END IF;
    NEW.event_id := step.id;
    NEW.at := now();
    NEW.actor := step.actor;
    RETURN NEW;
"""

_FORGET = """
    IF NOT public.delivery_only_forgotten(OLD.name_sealed, NEW.name_sealed)
       OR to_jsonb(NEW) - 'name_sealed' <> to_jsonb(OLD) - 'name_sealed'
    THEN
        RAISE EXCEPTION USING ERRCODE = 'EK026', MESSAGE = 'a collection is not edited, only the name in it is erased';
    END IF;
    RETURN NEW;
"""


class Paper(models.TextChoices):
    """What is taken back when a card is handed over."""

    OLD_CARD = "old_card", _("KTP lama")
    SUKET = "suket", _("Suket")
    POLICE_LETTER = "police_letter", _("Surat kehilangan dari polisi")


class Collection(models.Model):
    """One card collected at an office. Undone with its step; then its event is a corrected one."""

    request = models.UUIDField(unique=True)  # the form's; this prevents booking it twice
    card_id = models.BigIntegerField(_("kartu"))
    event_id = models.BigIntegerField(editable=False, db_default=0)
    receiver = models.CharField(_("diserahkan kepada"), max_length=6, choices=Recipient)
    name_sealed = models.BinaryField(null=True)
    shown = models.CharField(_("bukti yang ditunjukkan"), max_length=5, choices=Receipt.Shown)
    took_old_card = models.BooleanField(_("KTP lama ditarik"), default=False)
    took_suket = models.BooleanField(_("suket ditarik"), default=False)
    took_police_letter = models.BooleanField(_("surat kehilangan ditarik"), default=False)
    at = models.DateTimeField(_("diserahkan"), db_default=Now(), editable=False)
    actor = models.CharField(_("oleh"), max_length=80, db_default="", editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("penyerahan di loket")
        constraints = [
            # this prevents a card given to somebody of whom nobody knows who it was
            models.CheckConstraint(
                condition=Q(receiver__in=["holder", "family"]), name="collected_by_somebody"
            ),
        ]
        indexes = [models.Index(fields=["card_id"], name="collection_card")]
        triggers = [
            Door(
                name="collection_new",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("step", "record"), ("before", "record")],
                func=_COLLECT,
            ),
            Door(name="collection_forget", when=pgtrigger.Before, operation=pgtrigger.Update, func=_FORGET),
        ]

    def __str__(self) -> str:
        return str(self.get_receiver_display())


_LIST_MOVES = """
    IF to_jsonb(NEW) - 'received_at' - 'received_by' - 'destroyed_at' - 'destroyed_by'
       <> to_jsonb(OLD) - 'received_at' - 'received_by' - 'destroyed_at' - 'destroyed_by'
       OR OLD.destroyed_at IS NOT NULL
       OR (OLD.received_at IS NOT NULL AND NEW.received_at IS DISTINCT FROM OLD.received_at)
    THEN
        RAISE EXCEPTION USING ERRCODE = 'EK026', MESSAGE = 'a list of papers is received once, then destroyed once';
    END IF;
    IF OLD.received_at IS NULL THEN
        NEW.received_at := now(); NEW.received_by := tracking_actor();
        IF delivery_kecamatan_of(NEW.received_by) IS NOT NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'EK026', MESSAGE = 'papers are received by Disdukcapil';
        END IF;
        NEW.destroyed_at := NULL; NEW.destroyed_by := NULL;
    ELSE
        NEW.destroyed_at := now(); NEW.destroyed_by := tracking_actor();
        IF NOT tracking_is_supervisor(NEW.destroyed_by) THEN
            RAISE EXCEPTION USING ERRCODE = 'EK017', MESSAGE = 'papers are destroyed by a supervisor';
        END IF;
    END IF;
    RETURN NEW;
"""


class PaperList(models.Model):
    """Papers taken back, on their way from a kecamatan to Disdukcapil, where they are destroyed."""

    kecamatan = models.ForeignKey(Kecamatan, models.PROTECT, verbose_name=_("kecamatan"), related_name="+")
    at = models.DateTimeField(_("dibuat"), db_default=Now(), editable=False)
    actor = models.CharField(_("oleh"), max_length=80)
    received_at = models.DateTimeField(_("diterima Disdukcapil"), null=True, editable=False)
    received_by = models.CharField(max_length=80, null=True, editable=False)
    destroyed_at = models.DateTimeField(_("dimusnahkan"), null=True, editable=False)
    destroyed_by = models.CharField(max_length=80, null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("daftar dokumen yang ditarik")
        triggers = [
            Door(name="paperlist_moves", when=pgtrigger.Before, operation=pgtrigger.Update, func=_LIST_MOVES)
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class ListedPaper(models.Model):
    """One paper on a list."""

    site_may = "SELECT, INSERT"

    list = models.ForeignKey(PaperList, models.PROTECT, related_name="papers")
    card_id = models.BigIntegerField(_("kartu"))
    kind = models.CharField(_("dokumen"), max_length=13, choices=Paper)
    taken_at = models.DateTimeField(_("ditarik"))

    class Meta:
        verbose_name = verbose_name_plural = _("dokumen yang ditarik")
        constraints = [
            # this prevents one paper on two lists
            models.UniqueConstraint(fields=["card_id", "kind"], name="paper_listed_once"),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())
