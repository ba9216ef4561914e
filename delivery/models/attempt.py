"""What happened at a door, as a phone or a signed list says it: appended once, never changed.

The trigger decides each attempt of a statement: booked (the card moves), agrees (somebody booked the same
already), or review (it contradicts, or came too late). One that is for review never holds up the others.
"""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tracking.stages import BlockReason, Reason, quoted
from tracking.triggers import Door, OwnerDoor

from .round import TRIES

R = Reason


class Outcome(models.TextChoices):
    """What happened at the door; all but DELIVERED are reasons of the step to RETURNED."""

    DELIVERED = "delivered", _("Diserahkan")
    NOT_HOME = R.NOT_HOME.value, R.NOT_HOME.label
    MOVED = R.MOVED.value, R.MOVED.label
    REFUSED = R.REFUSED.value, R.REFUSED.label
    DECEASED = R.DECEASED.value, R.DECEASED.label
    ADDRESS_NOT_FOUND = R.ADDRESS_NOT_FOUND.value, _("Alamat tidak ketemu")
    WRONG_DATA = R.WRONG_DATA.value, _("Data salah")


TRIED_AGAIN = (Outcome.NOT_HOME, Outcome.ADDRESS_NOT_FOUND)
"""After these the courier comes again, three times a round in all."""
BLOCKS = {
    Outcome.MOVED: BlockReason.MOVED,
    Outcome.DECEASED: BlockReason.DECEASED,
    Outcome.WRONG_DATA: BlockReason.WRONG_DATA,
}
"""After these nobody gets the card before a supervisor has looked."""


class Recipient(models.TextChoices):
    """Who took the card, at the door or at a counter."""

    HOLDER = R.HOLDER.value, _("Pemegang e-KTP")
    FAMILY = R.FAMILY.value, _("Anggota keluarga")


class Verdict(models.TextChoices):
    """What became of an attempt."""

    BOOKED = "booked", _("Dicatat")
    AGREES = "agrees", _("Sudah dicatat sama")
    REVIEW = "review", _("Diperiksa petugas")


class Why(models.TextChoices):
    """Why an attempt is for the officer to look at."""

    LINK_ENDED = "link_ended", _("Datang sesudah tautan dicabut")
    ROUND_ENDED = "round_ended", _("Datang sesudah putaran berakhir")
    NOT_IN_ROUND = "not_in_round", _("Kartu tidak ada di putaran ini")
    DECIDED = "decided", _("Bertentangan dengan hasil yang sudah dicatat")
    CARD_MOVED = "card_moved", _("Kartu sudah berpindah")
    UNREADABLE = "unreadable", _("Isi kiriman tidak terbaca")


_AGAIN = quoted(TRIED_AGAIN)
_BLOCK = " ".join(f"WHEN '{outcome}' THEN '{reason}'" for outcome, reason in BLOCKS.items())

_SIGN = f"""
    NEW.actor := public.tracking_actor(); NEW.at := now(); NEW.verdict := ''; NEW.why := '';
    -- what the phone's clock would say if it were right; never later than now
    NEW.happened_at := least(NEW.phone_at - coalesce(NEW.sent_at - NEW.at, interval '0'), NEW.at);
    IF NEW.outcome NOT IN ({quoted(Outcome)}) THEN
        RAISE EXCEPTION USING ERRCODE = 'EK037', MESSAGE = 'an attempt has one of its outcomes';
    END IF;
    RETURN NEW;
"""

# Each attempt's verdict first; all that follows from one is then read back from the attempts that are booked.
_DECIDE = f"""
    PERFORM 1 FROM new_rows LIMIT 1;
    IF NOT FOUND THEN RETURN NULL; END IF;
    -- locks in one order: link, round, places in it, cards; so a revoked link is known before anything is booked
    PERFORM FROM delivery_link l WHERE l.id IN (SELECT link_id FROM new_rows) ORDER BY l.id FOR SHARE;
    PERFORM FROM delivery_round d WHERE d.id IN (SELECT round_id FROM new_rows) ORDER BY d.id FOR SHARE;
    PERFORM FROM delivery_roundcard r WHERE r.id IN (SELECT place_id FROM new_rows) ORDER BY r.id FOR NO KEY UPDATE;
    PERFORM FROM tracking_card c
    WHERE c.id IN (SELECT r.card_id FROM delivery_roundcard r WHERE r.id IN (SELECT place_id FROM new_rows))
    ORDER BY c.id FOR NO KEY UPDATE;

    WITH said AS (
        SELECT n.id, n.outcome, n.outcome || n.recipient AS what, n.outcome IN ({_AGAIN}) AS again,
               r.id AS place, r.tries, n.happened_at, n.line, r.result <> '' OR r.ended <> '' AS decided,
               c.stage IS DISTINCT FROM 'OUT_FOR_DELIVERY' AS moved,
               CASE WHEN n.link_id IS NOT NULL AND (l.id IS NULL OR l.ended_at IS NOT NULL) THEN 'link_ended'
                    WHEN r.id IS NULL THEN 'not_in_round'
                    WHEN (n.link_id IS NOT NULL OR d.state <> 'ended')
                         AND (d.state <> 'out' OR d.taken_by_id IS DISTINCT FROM n.courier_id) THEN 'round_ended'
                    ELSE '' END AS barred,
               EXISTS (
                   SELECT FROM delivery_attempt b
                   WHERE b.place_id = r.id AND b.verdict = 'booked' AND b.outcome = n.outcome AND b.recipient = n.recipient
                     -- the try on the phone and the try on the paper list are one, if they are of one day
                     -- and what a supervisor has undone may be said again
                     AND (n.outcome NOT IN ({_AGAIN}) AND r.result = n.outcome OR n.outcome IN ({_AGAIN}) AND (b.link_id IS NULL) <> (n.link_id IS NULL)
                          AND (b.happened_at AT TIME ZONE 'Asia/Jakarta')::date = (n.happened_at AT TIME ZONE 'Asia/Jakarta')::date)
               ) AS agrees
        FROM new_rows n
        LEFT JOIN delivery_roundcard r ON r.id = n.place_id AND r.round_id = n.round_id
        LEFT JOIN delivery_round d ON d.id = n.round_id
        LEFT JOIN delivery_link l ON l.id = n.link_id AND l.round_id = n.round_id AND l.courier_id = n.courier_id
        LEFT JOIN tracking_card c ON c.id = r.card_id
    ), in_turn AS (
        SELECT id, count(*) FILTER (WHERE again) OVER w AS again_before,
               (array_agg(what) FILTER (WHERE NOT again) OVER w)[1] AS ended_before
        FROM said WHERE barred = '' AND NOT agrees AND NOT decided AND NOT moved
        WINDOW w AS (PARTITION BY place ORDER BY happened_at, line, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    ), decided AS (
        SELECT s.id, CASE WHEN s.barred <> '' THEN s.barred
                          WHEN s.agrees OR t.ended_before = s.what THEN 'agrees'
                          WHEN s.decided OR t.ended_before IS NOT NULL OR s.tries + t.again_before >= {TRIES} THEN 'decided'
                          WHEN s.moved THEN 'card_moved' ELSE '' END AS why
        FROM said s LEFT JOIN in_turn t USING (id)
    )
    UPDATE delivery_attempt a
    SET verdict = CASE d.why WHEN '' THEN 'booked' WHEN 'agrees' THEN 'agrees' ELSE 'review' END,
        why = CASE d.why WHEN 'agrees' THEN '' ELSE d.why END
    FROM decided d WHERE a.id = d.id;

    INSERT INTO delivery_review (uid, round_id, card_id, why)
    SELECT a.uid, a.round_id, r.card_id, a.why FROM new_rows n JOIN delivery_attempt a ON a.id = n.id
    LEFT JOIN delivery_roundcard r ON r.id = a.place_id AND r.round_id = a.round_id
    WHERE a.verdict = 'review' ON CONFLICT (uid) DO NOTHING;

    UPDATE delivery_roundcard r
    SET tries = r.tries + s.again, ended = CASE WHEN s.final = 'delivered' THEN 'delivered' ELSE r.ended END,
        result = CASE WHEN s.final IS NOT NULL THEN s.final WHEN r.tries + s.again >= {TRIES} THEN s.latest ELSE '' END
    FROM (SELECT a.place_id, count(*) FILTER (WHERE a.outcome IN ({_AGAIN})) AS again,
                 max(a.outcome) FILTER (WHERE a.outcome NOT IN ({_AGAIN})) AS final,
                 (array_agg(a.outcome ORDER BY a.happened_at DESC, a.line DESC, a.id DESC))[1] AS latest
          FROM new_rows n JOIN delivery_attempt a ON a.id = n.id WHERE a.verdict = 'booked' GROUP BY 1) s
    WHERE r.id = s.place_id;

    before := coalesce(current_setting('ektp.reason', true), '');
    FOR g IN
        SELECT r.result, b.recipient, array_agg(r.card_id) AS cards, array_agg(b.happened_at) AS times
        FROM (SELECT a.place_id, max(a.recipient) AS recipient, max(a.happened_at) AS happened_at
              FROM new_rows n JOIN delivery_attempt a ON a.id = n.id WHERE a.verdict = 'booked' GROUP BY 1) b
        JOIN delivery_roundcard r ON r.id = b.place_id WHERE r.result <> '' GROUP BY 1, 2 ORDER BY 1, 2
    LOOP
        -- who took it stands in the step, without a name
        PERFORM set_config('ektp.reason', CASE g.result WHEN 'delivered' THEN g.recipient ELSE g.result END, true);
        UPDATE tracking_card c SET stage = CASE g.result WHEN 'delivered' THEN 'DELIVERED' ELSE 'RETURNED' END,
               since = greatest(c.since, x.happened_at)
        FROM unnest(g.cards, g.times) x (id, happened_at) WHERE c.id = x.id;
        INSERT INTO tracking_block (card_id, reason, source)
        SELECT id, why, tracking_source() FROM unnest(g.cards) id
        CROSS JOIN (SELECT CASE g.result {_BLOCK} END AS why) b WHERE why IS NOT NULL
        ON CONFLICT (card_id, reason) WHERE lifted_at IS NULL DO NOTHING;
    END LOOP;
    PERFORM set_config('ektp.reason', before, true);
    -- the letter that stood in for a card ends with it
    IF EXISTS (SELECT FROM new_rows WHERE took_suket) THEN
        UPDATE tracking_suket s SET end_reason = 'taken'
        FROM new_rows n JOIN delivery_attempt a ON a.id = n.id AND a.verdict = 'booked' AND a.took_suket
        JOIN delivery_roundcard r ON r.id = a.place_id AND r.ended = 'delivered'
        WHERE s.card_id = r.card_id AND s.ended_at IS NULL;
    END IF;
    RETURN NULL;
"""  # noqa: E501

# Only what names a person may go, once nobody needs it any more, or be sealed anew under another key.
_FORGET = """
    IF NOT public.delivery_only_forgotten(OLD.recipient_sealed, NEW.recipient_sealed)
       OR NOT public.delivery_only_forgotten(OLD.note_sealed, NEW.note_sealed)
    THEN
        RAISE EXCEPTION USING ERRCODE = 'EK037', MESSAGE = 'an attempt is never changed, only names in it are erased';
    END IF;
    RETURN NEW;
"""


class Attempt(models.Model):
    """One attempt at one door. Copies, no foreign keys: it outlives what it speaks of."""

    site_may = "SELECT, INSERT, UPDATE (recipient_sealed, note_sealed)"

    uid = models.UUIDField(unique=True)  # made by the phone or the form; this prevents booking it twice
    round_id = models.BigIntegerField(_("putaran"))
    place_id = models.BigIntegerField(null=True)  # the RoundCard
    link_id = models.BigIntegerField(null=True)  # none: the officer wrote it off the signed list
    courier_id = models.BigIntegerField(_("kurir"))
    outcome = models.CharField(_("hasil"), max_length=17, choices=Outcome)
    recipient = models.CharField(_("penerima"), max_length=6, choices=Recipient, blank=True, default="")
    recipient_sealed = models.BinaryField(_("nama penerima"), null=True)
    took_old_card = models.BooleanField(_("KTP lama diambil"), default=False)
    took_suket = models.BooleanField(_("suket diambil"), default=False)
    took_police_letter = models.BooleanField(_("surat kehilangan diambil"), default=False)
    data_confirmed = models.BooleanField(_("data sudah dicocokkan"), default=False)
    note_sealed = models.BinaryField(_("catatan"), null=True)
    phone_at = models.DateTimeField(_("menurut jam HP"))
    sent_at = models.DateTimeField(_("jam HP saat mengirim"), null=True)
    line = models.SmallIntegerField(default=0)  # order in its sending
    happened_at = models.DateTimeField(_("terjadi"), db_default=Now(), editable=False)
    at = models.DateTimeField(_("dicatat"), db_default=Now(), editable=False)
    actor = models.CharField(_("oleh"), max_length=80, db_default="", editable=False)
    verdict = models.CharField(max_length=6, choices=Verdict, db_default="", editable=False)
    why = models.CharField(max_length=12, choices=Why, db_default="", editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("kunjungan kurir")
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="delivered", recipient__in=Recipient.values)
                | (~Q(outcome="delivered") & Q(recipient="")),
                name="delivered_to_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["place_id"], name="attempt_place"),
            # those that still name somebody, for the day on which they are forgotten
            models.Index(
                fields=["at"],
                condition=Q(recipient_sealed__isnull=False) | Q(note_sealed__isnull=False),
                name="attempt_names",
            ),
        ]
        triggers = [
            Door(name="attempt_1_signed", when=pgtrigger.Before, operation=pgtrigger.Insert, func=_SIGN),
            Door(name="attempt_1_forget", when=pgtrigger.Before, operation=pgtrigger.Update, func=_FORGET),
            OwnerDoor(
                name="attempt_2_decide",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(new="new_rows"),
                declare=[("g", "record"), ("before", "text")],
                func=_DECIDE,
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_outcome_display())


_REVIEW = """
    IF TG_OP = 'INSERT' THEN
        NEW.at := now(); NEW.settled_at := NULL; NEW.settled_by := NULL;
        NEW.answer := ''; NEW.answered_at := NULL; NEW.answered_by := NULL;
        SELECT d.kecamatan_id INTO NEW.kecamatan_id FROM public.delivery_round d WHERE d.id = NEW.round_id;
        RETURN NEW;
    END IF;
    IF OLD.settled_at IS NOT NULL AND (NEW.settled_at, NEW.settled_by, NEW.how) IS DISTINCT FROM (OLD.settled_at, OLD.settled_by, OLD.how)
       OR OLD.answer <> '' AND (NEW.answer, NEW.answered_at, NEW.answered_by) IS DISTINCT FROM (OLD.answer, OLD.answered_at, OLD.answered_by)
       OR NEW.answer <> '' AND OLD.how <> 'passed_on'
       OR (NEW.id, NEW.uid, NEW.kecamatan_id, NEW.round_id, NEW.card_id, NEW.why, NEW.at)
          IS DISTINCT FROM (OLD.id, OLD.uid, OLD.kecamatan_id, OLD.round_id, OLD.card_id, OLD.why, OLD.at)
       OR NOT public.delivery_only_forgotten(OLD.raw_sealed, NEW.raw_sealed)
    THEN
        RAISE EXCEPTION USING ERRCODE = 'EK037', MESSAGE = 'a review is settled once, and answered once if it was passed on';
    END IF;
    IF OLD.settled_at IS NULL AND NEW.how <> '' THEN
        NEW.settled_at := now(); NEW.settled_by := public.tracking_actor();
    END IF;
    IF OLD.answer = '' AND NEW.answer <> '' THEN
        IF NOT public.tracking_is_supervisor(public.tracking_actor()) THEN
            RAISE EXCEPTION USING ERRCODE = 'EK017', MESSAGE = 'what was passed on is answered by a supervisor';
        END IF;
        NEW.answered_at := now(); NEW.answered_by := public.tracking_actor();
    END IF;
    RETURN NEW;
"""  # noqa: E501


class Settled(models.TextChoices):
    """What the officer decided about an attempt that contradicts."""

    STANDS = "stands", _("Yang sudah dicatat benar")
    PASSED_ON = "passed_on", _("Diteruskan ke penyelia untuk dibetulkan")
    OTHER = "other", _("Sudah dibereskan dengan cara lain")


class Answered(models.TextChoices):
    """What the supervisor did about one that the officer passed on."""

    CORRECTED = "corrected", _("Sudah dibetulkan")
    STANDS = "stands", _("Yang sudah dicatat benar")


class Review(models.Model):
    """An attempt that nobody booked: work for the officer. `raw_sealed` is what could not be read."""

    uid = models.UUIDField(unique=True)  # the attempt's
    kecamatan_id = models.SmallIntegerField(null=True, editable=False)
    round_id = models.BigIntegerField()
    card_id = models.BigIntegerField(null=True)
    why = models.CharField(_("sebab"), max_length=12, choices=Why)
    raw_sealed = models.BinaryField(null=True)
    at = models.DateTimeField(db_default=Now(), editable=False)
    how = models.CharField(_("putusan"), max_length=9, choices=Settled, blank=True, default="", db_default="")
    settled_at = models.DateTimeField(null=True, editable=False)
    settled_by = models.CharField(max_length=80, null=True, editable=False)
    answer = models.CharField(
        _("jawaban penyelia"), max_length=9, choices=Answered, blank=True, default="", db_default=""
    )
    answered_at = models.DateTimeField(null=True, editable=False)
    answered_by = models.CharField(max_length=80, null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("kiriman kurir untuk diperiksa")
        indexes = [
            models.Index(
                fields=["kecamatan_id", "id"], condition=Q(settled_at__isnull=True), name="review_open"
            ),
            models.Index(
                fields=["settled_at"], condition=Q(how="passed_on", answer=""), name="review_passed_on"
            ),
        ]
        triggers = [
            Door(
                name="review_1_settled",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=_REVIEW,
            )
        ]
