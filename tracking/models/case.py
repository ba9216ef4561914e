"""Cases: what a citizen reports or objects to. Each has a deadline, and ends with an answer and in no other way."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from ..triggers import Door

_OPEN = """
    SELECT c.stage, c.code, c.place_id INTO card FROM tracking_card c WHERE c.id = NEW.card_id;
    IF (NEW.kind = 'not_received' AND card.stage = 'DELIVERED'
        OR NEW.kind = 'objection' AND card.stage = 'HELD'
            AND tracking_stop(NEW.card_id, card.code) = 'DUPLICATE_RECORD') IS NOT TRUE
    THEN
        RAISE EXCEPTION USING ERRCODE = 'EK040', MESSAGE = format('a card in %s has no case "%s"', card.stage, NEW.kind);
    END IF;
    NEW.actor := tracking_actor();
    NEW.at := now();
    NEW.place_id := card.place_id;
    NEW.answer := ''; NEW.answer_sealed := NULL; NEW.answered_at := NULL; NEW.answered_by := NULL;
    RETURN NEW;
"""

# Texts are sealed anew when the key changes; the first byte names the key. Nothing else of a case may move then.
# Emptied 90 days after the card's end and the answer; that there was a case, and how it ended, stays.
_ANSWER = """
    IF 0 IN (octet_length(NEW.text_sealed), octet_length(OLD.text_sealed),
             octet_length(NEW.answer_sealed), octet_length(OLD.answer_sealed))
    THEN
        IF octet_length(NEW.text_sealed) > 0 OR octet_length(NEW.answer_sealed) > 0
           OR (NEW.text_sealed IS NULL, NEW.answer_sealed IS NULL)
              IS DISTINCT FROM (OLD.text_sealed IS NULL, OLD.answer_sealed IS NULL)
           OR to_jsonb(NEW) - 'text_sealed' - 'answer_sealed' <> to_jsonb(OLD) - 'text_sealed' - 'answer_sealed'
           OR (OLD.answered_at < now() - interval '90 days') IS NOT TRUE
           OR NOT EXISTS (SELECT FROM tracking_card c
                          WHERE c.id = OLD.card_id AND c.closed AND c.since < now() - interval '90 days')
        THEN
            RAISE EXCEPTION USING ERRCODE = 'EK041', MESSAGE = 'the words of a case are erased in time, and not edited';
        END IF;
        RETURN NEW;
    END IF;
    IF get_byte(NEW.text_sealed, 0) IS DISTINCT FROM get_byte(OLD.text_sealed, 0)
       OR OLD.answered_at IS NOT NULL AND get_byte(NEW.answer_sealed, 0) IS DISTINCT FROM get_byte(OLD.answer_sealed, 0)
    THEN
        IF (octet_length(NEW.text_sealed), octet_length(NEW.answer_sealed))
           IS DISTINCT FROM (octet_length(OLD.text_sealed), octet_length(OLD.answer_sealed))
           OR to_jsonb(NEW) - 'text_sealed' - 'answer_sealed' <> to_jsonb(OLD) - 'text_sealed' - 'answer_sealed'
        THEN
            RAISE EXCEPTION USING ERRCODE = 'EK041', MESSAGE = 'the words of a case are not edited';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.answered_at IS NOT NULL OR NEW.answer = ''
       OR (NEW.id, NEW.card_id, NEW.kind, NEW.place_id, NEW.by_receipt, NEW.due_on, NEW.at, NEW.actor)
          IS DISTINCT FROM (OLD.id, OLD.card_id, OLD.kind, OLD.place_id, OLD.by_receipt, OLD.due_on, OLD.at, OLD.actor)
       OR NEW.text_sealed IS DISTINCT FROM OLD.text_sealed
    THEN
        RAISE EXCEPTION USING ERRCODE = 'EK041', MESSAGE = 'a case is answered once, and not edited';
    END IF;
    NEW.answered_by := tracking_actor();
    NEW.answered_at := now();
    RETURN NEW;
"""


class Case(models.Model):
    """One report or objection. Free texts are sealed; on the status page only its state and dates show."""

    class Kind(models.TextChoices):
        """What it is about."""

        NOT_RECEIVED = "not_received", _("Belum menerima kartu")
        OBJECTION = "objection", _("Keberatan atas data ganda")

    class Answer(models.TextChoices):
        """How it ended; `ANSWERS` says which fits which kind."""

        RECEIVED = "received", _("Kartu ternyata sudah diterima")
        BROUGHT = "brought", _("Kartu ditemukan dan diantar lagi")
        REPRINTED = "reprinted", _("Kartu dicetak ulang")
        FORWARDED = "forwarded", _("Keberatan diteruskan ke pusat")
        REFUSED = "refused", _("Keberatan tidak diterima: data memang tercatat ganda")
        OTHER = "other", _("Lainnya, lihat penjelasan")

    card_id = models.BigIntegerField(_("kartu"))
    kind = models.CharField(_("perihal"), max_length=12, choices=Kind)
    place_id = models.SmallIntegerField(_("kecamatan"), editable=False, db_default=0)
    by_receipt = models.BooleanField(_("dengan tanda terima"), default=False)
    text_sealed = models.BinaryField(null=True)
    at = models.DateTimeField(_("masuk"), db_default=Now(), editable=False)
    actor = models.CharField(_("oleh"), max_length=80, db_default="", editable=False)
    due_on = models.DateField(_("dijawab paling lambat"))
    answer = models.CharField(_("jawaban"), max_length=10, choices=Answer, blank=True, db_default="")
    answer_sealed = models.BinaryField(null=True)
    answered_at = models.DateTimeField(_("dijawab"), null=True, editable=False)
    answered_by = models.CharField(_("dijawab oleh"), max_length=80, null=True, editable=False)

    class Meta:
        verbose_name = _("laporan warga")
        verbose_name_plural = _("laporan warga")
        constraints = [
            # this prevents a flood: one open case at a time
            models.UniqueConstraint(
                fields=["card_id"], condition=Q(answered_at__isnull=True), name="one_open_case"
            ),
            # this prevents a case that is closed and says nothing
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answer="")
                | (Q(answered_at__isnull=False) & ~Q(answer="")),
                name="closed_with_answer",
            ),
            models.CheckConstraint(
                condition=~Q(answer="other") | Q(answer_sealed__isnull=False), name="other_explains"
            ),
        ]
        indexes = [
            models.Index(fields=["card_id", "id"], name="case_card"),
            models.Index(F("due_on"), name="case_due", condition=Q(answered_at__isnull=True)),
        ]
        triggers = [
            Door(
                name="case_open",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("card", "record")],
                func=_OPEN,
            ),
            Door(name="case_answer", when=pgtrigger.Before, operation=pgtrigger.Update, func=_ANSWER),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


ANSWERS = {
    Case.Kind.NOT_RECEIVED: (
        Case.Answer.RECEIVED,
        Case.Answer.BROUGHT,
        Case.Answer.REPRINTED,
        Case.Answer.OTHER,
    ),
    Case.Kind.OBJECTION: (Case.Answer.FORWARDED, Case.Answer.REFUSED, Case.Answer.OTHER),
}
