"""Hand-overs: cards that one office gives another, confirmed by both, card by card.

A hand-over's state and the outcome of its lines are changed by UPDATE; their triggers check who may, pass
custody on and move the cards. Both tables are believed on raw SQL too.
"""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tracking.models import Kecamatan, Kelurahan
from tracking.triggers import Door, OwnerDoor

from ..handovers import Leg, Outcome, Settled, State

_STEP = """
    who := public.tracking_actor();
    IF TG_OP = 'INSERT' THEN
        IF NOT public.delivery_acts_for(who, NEW.from_kecamatan_id) THEN
            RAISE EXCEPTION USING ERRCODE = 'EK022', MESSAGE = 'cards are packed by the office that has them';
        END IF;
        IF EXISTS (SELECT FROM public.tracking_kelurahan k WHERE k.id = NEW.to_kelurahan_id AND k.kecamatan_id <> NEW.to_kecamatan_id) THEN
            RAISE EXCEPTION USING ERRCODE = 'EK022', MESSAGE = 'a kelurahan lies in its own kecamatan';
        END IF;
        NEW.state := 'called'; NEW.at := now(); NEW.actor := who; NEW.officer_id := NULL; NEW.code_hash := ''; NEW.tries := 0;
        NEW.released_at := NULL; NEW.released_by := ''; NEW.taken_at := NULL; NEW.ended_at := NULL; NEW.ended_by := '';
        NEW.number := NULL; NEW.year := NULL; NEW.serial := NULL; NEW.check_code := NULL; NEW.paper := NULL;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.leg, NEW.from_kecamatan_id, NEW.to_kecamatan_id, NEW.to_kelurahan_id, NEW.request, NEW.at, NEW.actor)
       IS DISTINCT FROM (OLD.id, OLD.leg, OLD.from_kecamatan_id, OLD.to_kecamatan_id, OLD.to_kelurahan_id, OLD.request, OLD.at, OLD.actor)
       OR (OLD.state, NEW.state) NOT IN (('called', 'released'), ('called', 'withdrawn'), ('released', 'released'),
                                         ('released', 'withdrawn'), ('released', 'closed'))
       OR (OLD.taken_at IS NOT NULL AND (NEW.taken_at, NEW.officer_id, NEW.code_hash)
           IS DISTINCT FROM (OLD.taken_at, OLD.officer_id, OLD.code_hash))
       OR (NEW.state <> 'closed' AND num_nonnulls(NEW.number, NEW.year, NEW.serial, NEW.check_code, NEW.paper) > 0)
    THEN
        RAISE EXCEPTION USING ERRCODE = 'EK023', MESSAGE = format('a hand-over does not go from %s to %s', OLD.state, NEW.state);
    END IF;
    NEW.released_at := OLD.released_at; NEW.released_by := OLD.released_by; NEW.ended_at := NULL; NEW.ended_by := '';
    IF NEW.state = 'released' AND (OLD.state = 'called' OR NEW.officer_id IS DISTINCT FROM OLD.officer_id OR NEW.code_hash <> OLD.code_hash)
    THEN
        IF NOT public.delivery_acts_for(who, NEW.from_kecamatan_id) THEN
            RAISE EXCEPTION USING ERRCODE = 'EK022', MESSAGE = 'cards are released by the office that has them';
        END IF;
        IF NEW.leg = 'to_kelurahan' THEN
            IF NEW.receiver = '' THEN
                RAISE EXCEPTION USING ERRCODE = 'EK022', MESSAGE = 'cards are released to a person with a name';
            END IF;
        ELSIF NEW.code_hash = '' OR public.delivery_kecamatan_of('staff:' || NEW.officer_id) IS DISTINCT FROM NEW.to_kecamatan_id THEN
            RAISE EXCEPTION USING ERRCODE = 'EK024', MESSAGE = 'cards are released to an officer of the kecamatan they go to, by a code';
        END IF;
    END IF;
    IF OLD.state = 'called' AND NEW.state = 'released' THEN
        IF NOT EXISTS (SELECT FROM public.delivery_handovercard l WHERE l.handover_id = NEW.id AND l.open) THEN
            RAISE EXCEPTION USING ERRCODE = 'EK022', MESSAGE = 'a hand-over without cards is not released';
        ELSIF EXISTS (SELECT FROM public.delivery_handovercard l JOIN public.tracking_card c ON c.id = l.card_id
                      WHERE l.handover_id = NEW.id AND l.open AND c.blocked) THEN
            RAISE EXCEPTION USING ERRCODE = 'EK004', MESSAGE = 'a blocked card is not released';
        END IF;
        NEW.released_at := now(); NEW.released_by := who; NEW.taken_at := CASE NEW.leg WHEN 'to_kelurahan' THEN now() END;
    ELSIF OLD.taken_at IS NULL AND NEW.taken_at IS NOT NULL THEN
        IF who LIKE 'staff:%' AND who <> 'staff:' || NEW.officer_id THEN
            RAISE EXCEPTION USING ERRCODE = 'EK024', MESSAGE = 'cards are collected by the officer they were released to';
        END IF;
        NEW.taken_at := now();
    ELSIF NEW.state IN ('withdrawn', 'closed') THEN
        NEW.ended_at := now(); NEW.ended_by := who;
        IF NEW.state = 'withdrawn' AND (OLD.taken_at IS NOT NULL OR NOT public.delivery_acts_for(who, NEW.from_kecamatan_id)) THEN
            RAISE EXCEPTION USING ERRCODE = 'EK023', MESSAGE = 'whoever packed takes back what nobody has collected yet';
        ELSIF NEW.state = 'closed' AND (OLD.taken_at IS NULL OR NOT public.delivery_acts_for(who, NEW.to_kecamatan_id)) THEN
            RAISE EXCEPTION USING ERRCODE = 'EK024', MESSAGE = 'a hand-over is closed by those who collected it';
        ELSIF NEW.state = 'closed' AND (num_nulls(NEW.number, NEW.year, NEW.serial, NEW.check_code, NEW.paper) > 0 OR EXISTS (
            SELECT FROM public.delivery_handovercard l WHERE l.handover_id = NEW.id AND l.outcome = ''))
        THEN
            RAISE EXCEPTION USING ERRCODE = 'EK025', MESSAGE = 'a hand-over is closed when each of its cards is counted, with its record';
        END IF;
    END IF;
    RETURN NEW;
"""  # noqa: E501

# Custody follows the state in the same statement. What is damaged is booked at the end, so until then it can be undone.
_FOLLOW = """
    FOR h IN SELECT n.*, o.state AS was FROM new_rows n JOIN old_rows o USING (id) WHERE n.state <> o.state ORDER BY n.id
    LOOP
        SELECT array_agg(l.card_id ORDER BY l.card_id), array_agg(l.piece_id ORDER BY l.card_id) INTO cards, pieces
        FROM delivery_handovercard l WHERE l.handover_id = h.id AND l.open AND l.outcome IN ('', 'damaged');
        PERFORM FROM tracking_card c WHERE c.id = ANY (cards) ORDER BY c.id FOR NO KEY UPDATE;
        IF h.state = 'released' THEN
            PERFORM delivery_move(pieces, 'released', 'transit', h.id);
        ELSIF h.state = 'withdrawn' THEN
            UPDATE delivery_handovercard SET open = false, outcome = 'left' WHERE handover_id = h.id AND open;
            IF h.was = 'released' THEN
                PERFORM delivery_give_back(pieces, 'withdrawn', h.from_kecamatan_id);
            END IF;
        ELSIF cards IS NOT NULL THEN
            UPDATE delivery_handovercard SET open = false WHERE handover_id = h.id AND open AND outcome = 'damaged';
            PERFORM delivery_take(pieces, h.id);
            before := coalesce(current_setting('ektp.reason', true), '');
            PERFORM set_config('ektp.reason', 'damaged', true);
            UPDATE tracking_card SET stage = 'WAITING_FOR_BLANK' WHERE id = ANY (cards) AND stage IN ('PRINTED', 'AT_KECAMATAN', 'RETURNED');
            PERFORM set_config('ektp.reason', before, true);
        END IF;
    END LOOP;
    RETURN NULL;
"""  # noqa: E501


class Handover(models.Model):
    """Cards that go from one office to another. `from_kecamatan` is empty where Disdukcapil gives."""

    leg = models.CharField(_("rute"), max_length=12, choices=Leg, default=Leg.TO_KECAMATAN)
    from_kecamatan = models.ForeignKey(Kecamatan, models.PROTECT, related_name="+", null=True)
    to_kecamatan = models.ForeignKey(Kecamatan, models.PROTECT, related_name="+")
    to_kelurahan = models.ForeignKey(Kelurahan, models.PROTECT, related_name="+", null=True)
    state = models.CharField(_("keadaan"), max_length=9, choices=State, default=State.CALLED)
    request = models.UUIDField(
        unique=True, null=True, editable=False
    )  # the form that asked: sent twice, done once
    at = models.DateTimeField(_("dikemas"), db_default=Now(), editable=False)
    actor = models.CharField(_("dikemas oleh"), max_length=80, db_default="", editable=False)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("penjemput")
    )
    receiver = models.CharField(_("penerima"), max_length=120, blank=True)  # of a kelurahan office, by name
    code_hash = models.CharField(max_length=64, blank=True, editable=False)
    tries = models.SmallIntegerField(_("kode salah"), default=0, editable=False)
    released_at = models.DateTimeField(_("dilepas"), null=True, editable=False)
    released_by = models.CharField(_("dilepas oleh"), max_length=80, db_default="", editable=False)
    taken_at = models.DateTimeField(_("dijemput"), null=True, editable=False)
    ended_at = models.DateTimeField(_("selesai"), null=True, editable=False)
    ended_by = models.CharField(_("diselesaikan oleh"), max_length=80, db_default="", editable=False)
    number = models.CharField(_("nomor BAST"), max_length=80, null=True, unique=True)
    year = models.SmallIntegerField(null=True, editable=False)
    serial = models.IntegerField(null=True, editable=False)  # of the year
    check_code = models.CharField(max_length=12, null=True, unique=True, editable=False)
    paper = models.JSONField(null=True, editable=False)  # what the BAST says, kept as it was signed

    class Meta:
        verbose_name = verbose_name_plural = _("serah terima")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(leg=Leg.TO_KECAMATAN, from_kecamatan__isnull=True, to_kelurahan__isnull=True)
                | Q(leg=Leg.TO_KELURAHAN, from_kecamatan=models.F("to_kecamatan"), to_kelurahan__isnull=False)
                | Q(leg=Leg.BETWEEN, from_kecamatan__isnull=False, to_kelurahan__isnull=True)
                & ~Q(from_kecamatan=models.F("to_kecamatan")),
                name="handover_has_two_ends",
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="handover_state_known"),
            # this prevents two records of one number
            models.UniqueConstraint(fields=["year", "serial"], name="record_numbered_once"),
        ]
        indexes = [
            models.Index(
                fields=["to_kecamatan", "state"],
                condition=Q(state__in=(State.CALLED, State.RELEASED)),
                name="handover_open",
            ),
        ]
        triggers = [
            Door(
                name="handover_1_step",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                declare=[("who", "text")],
                func=_STEP,
            ),
            OwnerDoor(
                name="handover_2_follow",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(old="old_rows", new="new_rows"),
                declare=[("h", "record"), ("cards", "bigint[]"), ("pieces", "bigint[]"), ("before", "text")],
                func=_FOLLOW,
            ),
        ]

    def __str__(self) -> str:
        return self.number or _("Serah terima %(id)s") % {"id": self.pk}

    @property
    def destination(self) -> str:
        """Where the cards go."""
        return f"Kelurahan {self.to_kelurahan}" if self.to_kelurahan_id else f"Kecamatan {self.to_kecamatan}"

    @property
    def origin(self) -> str:
        """Where the cards come from."""
        return f"Kecamatan {self.from_kecamatan}" if self.from_kecamatan_id else "Disdukcapil"


_PACK = """
    PERFORM 1 FROM new_rows LIMIT 1;
    IF NOT FOUND THEN RETURN NULL; END IF;
    PERFORM FROM delivery_handover h WHERE h.id IN (SELECT handover_id FROM new_rows) ORDER BY h.id FOR SHARE;
    PERFORM FROM tracking_card c WHERE c.id IN (SELECT card_id FROM new_rows) ORDER BY c.id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT FROM new_rows n JOIN delivery_handover h ON h.id = n.handover_id
        LEFT JOIN tracking_card c ON c.id = n.card_id LEFT JOIN delivery_piece p ON p.id = n.piece_id
        WHERE h.state <> 'called' OR NOT delivery_acts_for(tracking_actor(), h.from_kecamatan_id)
            OR c.blocked IS NOT FALSE OR c.kecamatan_id <> h.to_kecamatan_id
            OR CASE WHEN h.from_kecamatan_id IS NULL THEN c.stage <> 'PRINTED' OR p.holder IS DISTINCT FROM 'operator'
               ELSE c.stage NOT IN ('AT_KECAMATAN', 'RETURNED')
                    OR (p.holder, p.holder_id) IS DISTINCT FROM ('kecamatan', h.from_kecamatan_id::bigint) END)
    THEN
        RAISE EXCEPTION USING ERRCODE = 'EK022',
            MESSAGE = 'a hand-over takes cards that lie where it begins, for the kecamatan it goes to, and are not blocked';
    END IF;
    RETURN NULL;
"""

_SIGN_LINE = """
    IF TG_OP = 'INSERT' THEN
        NEW.outcome := ''; NEW.open := true; NEW.settled := ''; NEW.deadline := NULL; NEW.at := NULL; NEW.actor := '';
        NEW.piece_id := (SELECT p.id FROM public.delivery_piece p WHERE p.card_id = NEW.card_id AND p.current);
        IF NEW.piece_id IS NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'EK022', MESSAGE = 'nobody has this card, so nobody can give it';
        END IF;
        RETURN NEW;
    END IF;
    IF pg_trigger_depth() > 1 AND public.blanks_as_owner() THEN
        RETURN NEW;  -- a step of the card, or of the hand-over
    END IF;
    who := public.tracking_actor();
    SELECT * INTO h FROM public.delivery_handover x WHERE x.id = OLD.handover_id;
    IF (NEW.handover_id, NEW.line, NEW.card_id, NEW.piece_id) IS DISTINCT FROM (OLD.handover_id, OLD.line, OLD.card_id, OLD.piece_id) THEN
        RAISE EXCEPTION USING ERRCODE = 'EK025', MESSAGE = 'a line of a hand-over stays about its card';
    ELSIF NEW.settled <> OLD.settled THEN
        IF OLD.settled <> '' OR OLD.outcome <> 'missing' OR NEW.outcome <> 'missing' OR h.state NOT IN ('released', 'closed') THEN
            RAISE EXCEPTION USING ERRCODE = 'EK025', MESSAGE = 'a missing card is settled once';
        ELSIF NEW.settled = 'lost' AND who LIKE 'staff:%' AND NOT public.tracking_is_supervisor(who) THEN
            RAISE EXCEPTION USING ERRCODE = 'EK017', MESSAGE = 'only a supervisor books a card to lost';
        ELSIF (NEW.settled = 'found' AND NOT public.delivery_acts_for(who, h.from_kecamatan_id))
              OR (NEW.settled = 'arrived' AND NOT public.delivery_acts_for(who, h.to_kecamatan_id)) THEN
            RAISE EXCEPTION USING ERRCODE = 'EK024', MESSAGE = 'whoever has the card says that it was found';
        END IF;
        NEW.open := false;
    ELSIF (OLD.outcome, NEW.outcome) = ('', 'left') THEN
        IF h.state <> 'called' OR NOT public.delivery_acts_for(who, h.from_kecamatan_id) THEN
            RAISE EXCEPTION USING ERRCODE = 'EK023', MESSAGE = 'only whoever packed leaves a card behind, before the release';
        END IF;
        NEW.open := false;
    ELSE
        IF h.state <> 'released' OR h.taken_at IS NULL OR NOT public.delivery_acts_for(who, h.to_kecamatan_id) THEN
            RAISE EXCEPTION USING ERRCODE = 'EK024', MESSAGE = 'cards are checked by those who collected them, until the hand-over is closed';
        ELSIF (OLD.outcome, NEW.outcome) NOT IN (('', 'received'), ('', 'missing'), ('', 'damaged'), ('missing', ''), ('damaged', ''))
              AND NOT (OLD.outcome = 'received' AND NEW.outcome = '' AND h.leg <> 'to_kecamatan') THEN
            RAISE EXCEPTION USING ERRCODE = 'EK025', MESSAGE = 'a card is checked once, and unchecked before it is checked otherwise';
        ELSIF (NEW.outcome = 'missing') <> (NEW.deadline IS NOT NULL) THEN
            RAISE EXCEPTION USING ERRCODE = 'EK025', MESSAGE = 'a missing card has a day by which it is to be found';
        END IF;
        NEW.open := NEW.outcome <> 'received';
    END IF;
    NEW.at := now(); NEW.actor := who;
    RETURN NEW;
"""  # noqa: E501

_CHECKED = """
    FOR g IN
        SELECT n.handover_id, h.leg, h.from_kecamatan_id,
               CASE WHEN n.outcome = 'received' OR n.settled = 'arrived' THEN 'take'
                    WHEN n.settled = 'found' THEN 'give_back' WHEN n.settled = 'lost' THEN 'lose'
                    -- of a step the correction itself has given the card back
                    WHEN o.outcome = 'received' AND n.outcome = '' AND h.leg <> 'to_kecamatan' THEN 'undo' END AS what,
               array_agg(n.card_id ORDER BY n.card_id) AS cards, array_agg(n.piece_id ORDER BY n.card_id) AS pieces
        FROM new_rows n JOIN old_rows o USING (handover_id, line) JOIN delivery_handover h ON h.id = n.handover_id
        WHERE (n.outcome, n.settled) <> (o.outcome, o.settled) GROUP BY 1, 2, 3, 4 ORDER BY 1, 4
    LOOP
        PERFORM FROM tracking_card c WHERE c.id = ANY (g.cards) ORDER BY c.id FOR NO KEY UPDATE;
        before := coalesce(current_setting('ektp.reason', true), '');
        IF g.what = 'take' THEN
            IF g.leg = 'to_kecamatan' THEN
                PERFORM set_config('ektp.reason', '', true);
                UPDATE tracking_card SET stage = 'AT_KECAMATAN' WHERE id = ANY (g.cards) AND stage = 'PRINTED';
            END IF;
            -- no step: it is on another leg, or ended while it was on its way
            PERFORM delivery_take((SELECT array_agg(p.id) FROM delivery_piece p WHERE p.id = ANY (g.pieces) AND p.holder = 'transit'),
                                  g.handover_id);
        ELSIF g.what = 'give_back' THEN
            PERFORM delivery_give_back(g.pieces, 'found', g.from_kecamatan_id);
        ELSIF g.what = 'lose' THEN
            PERFORM set_config('ektp.reason', 'lost', true);
            UPDATE tracking_card SET stage = 'WAITING_FOR_BLANK' WHERE id = ANY (g.cards) AND stage IN ('PRINTED', 'AT_KECAMATAN', 'RETURNED');
        ELSIF g.what = 'undo' THEN
            PERFORM delivery_move(g.pieces, 'corrected', 'transit', g.handover_id);
        END IF;
        PERFORM set_config('ektp.reason', before, true);
    END LOOP;
    RETURN NULL;
"""  # noqa: E501


class HandoverCard(models.Model):
    """One card on the list of a hand-over, and what the taker said of it."""

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="lines", db_index=False)
    line = models.IntegerField(_("baris"))
    card_id = models.BigIntegerField(_("kartu"))
    piece_id = models.BigIntegerField(editable=False)
    outcome = models.CharField(_("hasil"), max_length=8, choices=Outcome, blank=True, default=Outcome.WAITING)
    open = models.BooleanField(default=True, editable=False)
    deadline = models.DateField(_("batas"), null=True)
    settled = models.CharField(
        _("penyelesaian"), max_length=7, choices=Settled, blank=True, default=Settled.OPEN
    )
    at = models.DateTimeField(_("dicatat"), null=True, editable=False)
    actor = models.CharField(_("oleh"), max_length=80, db_default="", editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("kartu dalam serah terima")
        constraints = [
            # this prevents a card in two hand-overs at once
            models.UniqueConstraint(
                fields=["card_id"], condition=Q(open=True), name="one_open_handover_a_card"
            ),
            models.UniqueConstraint(fields=["handover", "line"], name="handover_line"),
            models.UniqueConstraint(fields=["handover", "card_id"], name="handover_lists_a_card_once"),
            models.CheckConstraint(
                condition=Q(outcome__in=Outcome.values, settled__in=Settled.values), name="line_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["deadline"], condition=Q(outcome=Outcome.MISSING, open=True), name="line_missing"
            ),
        ]
        triggers = [
            Door(
                name="line_1_signed",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                declare=[("who", "text"), ("h", "record")],
                func=_SIGN_LINE,
            ),
            OwnerDoor(
                name="line_2_packed",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(new="new_rows"),
                func=_PACK,
            ),
            OwnerDoor(
                name="line_2_checked",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(old="old_rows", new="new_rows"),
                declare=[("g", "record"), ("before", "text")],
                func=_CHECKED,
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_outcome_display())
