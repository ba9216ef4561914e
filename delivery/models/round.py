"""Rounds: cards of one kecamatan that one courier carries to the doors, and how each came back or did not.

A round's state is changed by an UPDATE; its triggers move the cards. What happens at a door is an Attempt.
"""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tracking.models import Card, Kecamatan
from tracking.touched import unless_touched
from tracking.triggers import Door, OwnerDoor

from .courier import Courier
from .handover import HandoverCard

MOST_CARDS = 200
TRIES = 3
"""How often a door is tried in one round."""


class State(models.TextChoices):
    """How far a round has come."""

    READY = "ready", _("Disiapkan")
    OUT = "out", _("Dibawa kurir")
    ENDED = "ended", _("Berakhir, menunggu dihitung")
    CLOSED = "closed", _("Selesai")


class How(models.TextChoices):
    """How a courier confirmed to have taken the cards over."""

    PHONE = "phone", _("PIN dan jumlah di HP")
    PAPER = "paper", _("Daftar yang ditandatangani")


class End(models.TextChoices):
    """How a card left its round; empty while it is in it."""

    DELIVERED = "delivered", _("Diserahkan")
    BACK = "back", _("Kembali ke kecamatan")
    LEFT_OUT = "left_out", _("Tidak jadi dibawa")
    LOST = "lost", _("Hilang")


# The only ways of a round. Taking over is said with the count that the courier confirmed.
_STEP = """
    IF TG_OP = 'INSERT' THEN
        NEW.actor := public.tracking_actor(); NEW.at := now(); NEW.state := 'ready';
        NEW.taken_by_id := NULL; NEW.taken_at := NULL; NEW.counted := NULL; NEW.taken_how := NULL;
        NEW.begun_at := NULL; NEW.ended_at := NULL; NEW.closed_at := NULL;
        RETURN NEW;
    END IF;
    PERFORM public.tracking_actor();
    IF (NEW.id, NEW.request, NEW.kecamatan_id, NEW.at, NEW.actor) IS DISTINCT FROM (OLD.id, OLD.request, OLD.kecamatan_id, OLD.at, OLD.actor)
       OR (OLD.state, NEW.state) NOT IN (('ready', 'ready'), ('ready', 'out'), ('ready', 'closed'), ('out', 'out'), ('out', 'ended'),
                                         ('ended', 'ended'), ('ended', 'out'), ('ended', 'closed'), ('closed', 'closed'))
       OR (OLD.state = 'closed' AND NEW.closed_at IS DISTINCT FROM OLD.closed_at)
    THEN
        RAISE EXCEPTION USING ERRCODE = 'EK030', MESSAGE = format('a round does not go from %s to %s', OLD.state, NEW.state);
    END IF;
    IF OLD.courier_id <> NEW.courier_id AND NEW.state NOT IN ('ready', 'out') THEN
        RAISE EXCEPTION USING ERRCODE = 'EK030', MESSAGE = 'a round that has ended gets no other courier';
    END IF;
    IF (NEW.taken_by_id, NEW.counted, NEW.taken_how) IS DISTINCT FROM (OLD.taken_by_id, OLD.counted, OLD.taken_how)
       OR (OLD.state <> 'out' AND NEW.state = 'out')
    THEN
        IF NEW.state <> 'out' OR NEW.taken_by_id IS DISTINCT FROM NEW.courier_id OR NEW.taken_how IS NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'EK030', MESSAGE = 'the courier of the round takes it over, and says how';
        END IF;
        IF NOT EXISTS (SELECT FROM public.delivery_courier c WHERE c.id = NEW.courier_id AND c.erased_at IS NULL
                       AND (now() AT TIME ZONE 'Asia/Jakarta')::date BETWEEN c.valid_from AND c.valid_until) THEN
            RAISE EXCEPTION USING ERRCODE = 'EK034', MESSAGE = 'the courier''s letter of assignment does not hold today';
        END IF;
        SELECT count(*) INTO held FROM public.delivery_roundcard r WHERE r.round_id = NEW.id AND r.ended = '';
        IF NEW.counted IS DISTINCT FROM held OR held = 0 THEN
            RAISE EXCEPTION USING ERRCODE = 'EK033', MESSAGE = 'the courier counted another number of cards than the list has';
        END IF;
        NEW.taken_at := now();
        NEW.begun_at := coalesce(OLD.begun_at, now());
    END IF;
    IF NEW.state = 'out' THEN NEW.ended_at := NULL;
    ELSIF NEW.state = 'ended' AND OLD.state <> 'ended' THEN NEW.ended_at := now();
    ELSIF NEW.state = 'closed' AND OLD.state <> 'closed' THEN
        IF EXISTS (SELECT FROM public.delivery_roundcard r WHERE r.round_id = NEW.id AND r.ended = '' AND r.missing_at IS NULL) THEN
            RAISE EXCEPTION USING ERRCODE = 'EK035', MESSAGE = 'a round is closed when each of its cards is counted';
        END IF;
        NEW.closed_at := now(); NEW.ended_at := coalesce(OLD.ended_at, now());
    END IF;
    RETURN NEW;
"""  # noqa: E501

# What a round's step does to its cards and its link, in the same statement.
_FOLLOW = """
    IF EXISTS (SELECT FROM new_rows WHERE state = 'out' AND taken_at = now()) THEN
        before := coalesce(current_setting('ektp.reason', true), '');
        PERFORM set_config('ektp.reason', '', true);
        IF EXISTS (SELECT FROM new_rows n JOIN delivery_roundcard r ON r.round_id = n.id AND r.ended = '' JOIN tracking_card c ON c.id = r.card_id
                   JOIN old_rows o ON o.id = n.id
                   WHERE o.state = 'ready' AND n.state = 'out' AND NOT delivery_may_go_out(r.card_id, n.kecamatan_id)) THEN
            RAISE EXCEPTION USING ERRCODE = 'EK032', MESSAGE = 'a card that is not here, or kept back, does not go out';
        END IF;
        UPDATE tracking_card c SET stage = 'OUT_FOR_DELIVERY'
        FROM new_rows n JOIN old_rows o ON o.id = n.id AND o.state = 'ready' JOIN delivery_roundcard r ON r.round_id = n.id AND r.ended = ''
        WHERE n.state = 'out' AND c.id = r.card_id;
        PERFORM set_config('ektp.reason', before, true);
        -- from one courier's hands into another's: no step
        PERFORM delivery_move(array_agg(p.id ORDER BY p.id), 'taken_over', 'courier', n.taken_by_id)
        FROM new_rows n JOIN old_rows o ON o.id = n.id AND o.taken_by_id <> n.taken_by_id AND o.state = 'out' AND n.state = 'out'
        JOIN delivery_roundcard r ON r.round_id = n.id AND r.ended = ''
        JOIN delivery_piece p ON p.card_id = r.card_id AND (p.holder, p.holder_id) = ('courier', o.taken_by_id)
        GROUP BY n.taken_by_id;
    END IF;
    UPDATE delivery_link l SET ended_at = now()
    FROM new_rows n WHERE l.round_id = n.id AND l.ended_at IS NULL AND (n.state IN ('ended', 'closed') OR l.courier_id <> n.courier_id);
    RETURN NULL;
"""  # noqa: E501


class Round(models.Model):
    """Cards that one courier carries. `courier` is to carry them, `taken_by` has them in hand."""

    request = models.UUIDField(
        unique=True, editable=False
    )  # this prevents that a form sent twice makes two rounds
    kecamatan = models.ForeignKey(Kecamatan, models.PROTECT, related_name="+")
    courier = models.ForeignKey(Courier, models.PROTECT, related_name="rounds", verbose_name=_("kurir"))
    state = models.CharField(max_length=6, choices=State, default=State.READY)
    taken_by = models.ForeignKey(Courier, models.PROTECT, related_name="+", null=True)
    taken_at = models.DateTimeField(null=True, editable=False)
    taken_how = models.CharField(max_length=5, choices=How, null=True)
    counted = models.SmallIntegerField(null=True)
    at = models.DateTimeField(db_default=Now(), editable=False)
    actor = models.CharField(max_length=80, db_default="", editable=False)
    begun_at = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("putaran antar")
        indexes = [
            models.Index(fields=["kecamatan", "id"], condition=~Q(state=State.CLOSED), name="round_open"),
            models.Index(fields=["courier", "id"], name="round_courier"),
        ]
        triggers = [
            Door(
                name="round_1_step",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                declare=[("held", "bigint")],
                func=_STEP,
            ),
            OwnerDoor(
                name="round_2_follow",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(old="old_rows", new="new_rows"),
                declare=[("before", "text")],
                func=_FOLLOW,
            ),
        ]

    def __str__(self) -> str:
        return _("Putaran %(id)s") % {"id": self.pk}

    @property
    def waits_for_take_over(self) -> bool:
        """Whether the courier of the round has yet to take the cards."""
        return self.state in (State.READY, State.OUT) and self.taken_by_id != self.courier_id


# What a person may put into a round: a card that is there, in this kecamatan, and not kept back.
_PUT_IN = """
    PERFORM FROM delivery_round d WHERE d.id IN (SELECT round_id FROM new_rows) ORDER BY id FOR SHARE;
    IF EXISTS (SELECT FROM new_rows n JOIN delivery_round d ON d.id = n.round_id WHERE d.state <> 'ready') THEN
        RAISE EXCEPTION USING ERRCODE = 'EK030', MESSAGE = 'cards are put into a round before it begins';
    END IF;
    IF EXISTS (SELECT FROM new_rows n JOIN delivery_round d ON d.id = n.round_id WHERE NOT delivery_may_go_out(n.card_id, d.kecamatan_id))
    THEN
        RAISE EXCEPTION USING ERRCODE = 'EK032', MESSAGE = 'a round takes cards that lie at its own kecamatan and are not blocked';
    END IF;
    IF EXISTS (SELECT FROM delivery_roundcard r WHERE r.round_id IN (SELECT round_id FROM new_rows)
               GROUP BY r.round_id HAVING count(*) FILTER (WHERE r.ended = '') > 200) THEN
        RAISE EXCEPTION USING ERRCODE = 'EK032', MESSAGE = 'a round has 200 cards at most';
    END IF;
    RETURN NULL;
"""  # noqa: E501

# Tries and results are written by the triggers of attempts and of cards alone; a person counts what came back.
_PINNED = """
    IF TG_OP = 'INSERT' THEN
        NEW.tries := 0; NEW.result := ''; NEW.ended := ''; NEW.ended_at := NULL; NEW.missing_at := NULL;
        RETURN NEW;
    END IF;
    IF NEW.ended <> OLD.ended THEN NEW.ended_at := CASE WHEN NEW.ended <> '' THEN now() END; END IF;
    IF pg_trigger_depth() > 1 AND pg_catalog.pg_has_role(
        current_user, (SELECT c.relowner FROM pg_catalog.pg_class c WHERE c.oid = TG_RELID), 'USAGE')
    THEN
        RETURN NEW;
    END IF;
    PERFORM public.tracking_actor();
    SELECT d.state INTO its_state FROM public.delivery_round d WHERE d.id = OLD.round_id FOR SHARE;
    IF (NEW.id, NEW.round_id, NEW.card_id, NEW.tries, NEW.result) IS DISTINCT FROM (OLD.id, OLD.round_id, OLD.card_id, OLD.tries, OLD.result)
       OR (NEW.position <> OLD.position AND its_state <> 'ready')
       OR (NEW.ended <> OLD.ended AND (OLD.ended, NEW.ended, its_state) NOT IN (
            ('', 'left_out', 'ready'), ('', 'left_out', 'out'), ('', 'back', 'out'), ('', 'back', 'ended'), ('', 'back', 'closed'),
            ('', 'lost', 'ended'), ('', 'lost', 'closed')))
       OR (NEW.ended = 'lost' AND OLD.ended = '' AND OLD.missing_at IS NULL)
       OR (NEW.missing_at IS DISTINCT FROM OLD.missing_at AND its_state NOT IN ('ended', 'closed'))
    THEN
        RAISE EXCEPTION USING ERRCODE = 'EK030', MESSAGE = 'what became of a card in its round is not written by hand';
    END IF;
    IF NEW.ended = 'lost' AND OLD.ended = '' AND NOT public.tracking_is_supervisor(public.tracking_actor()) THEN
        RAISE EXCEPTION USING ERRCODE = 'EK017', MESSAGE = 'only a supervisor books a card to lost';
    END IF;
    IF NEW.missing_at IS NOT NULL AND OLD.missing_at IS NULL THEN NEW.missing_at := now(); END IF;
    RETURN NEW;
"""  # noqa: E501

# A card that is counted back lies at the kecamatan again. With wrong data on it, it waits for a new blank, and so does
# one that was not there and is given up; of a cancelled one no step is left, its spoiled blank is missed at the count.
_COUNTED = """
    IF NOT EXISTS (SELECT FROM new_rows n WHERE n.ended IN ('back', 'lost') AND n.ended_at = now()) THEN RETURN NULL; END IF;
    before := coalesce(current_setting('ektp.reason', true), '');
    PERFORM set_config('ektp.reason', 'lost', true);
    UPDATE tracking_card c SET stage = 'WAITING_FOR_BLANK'
    FROM new_rows n WHERE n.ended = 'lost' AND n.ended_at = now() AND c.id = n.card_id AND c.stage IN ('OUT_FOR_DELIVERY', 'RETURNED');
    PERFORM set_config('ektp.reason', 'round_ended', true);
    UPDATE tracking_card c SET stage = 'RETURNED'
    FROM new_rows n WHERE n.ended = 'back' AND n.ended_at = now() AND c.id = n.card_id AND c.stage = 'OUT_FOR_DELIVERY';
    -- cancelled on the way, spoiled or not: whatever the courier still had of these cards
    PERFORM delivery_move(array_agg(p.id ORDER BY p.id), 'counted_back', 'kecamatan', d.kecamatan_id)
    FROM new_rows n JOIN delivery_round d ON d.id = n.round_id
    JOIN delivery_piece p ON p.card_id = n.card_id AND (p.holder, p.holder_id) = ('courier', d.taken_by_id)
    WHERE n.ended = 'back' AND n.ended_at = now() GROUP BY d.kecamatan_id;
    PERFORM set_config('ektp.reason', 'wrong_data', true);
    UPDATE tracking_card c SET stage = 'WAITING_FOR_BLANK'
    FROM new_rows n WHERE n.ended = 'back' AND n.ended_at = now() AND c.id = n.card_id AND c.stage = 'RETURNED' AND n.result = 'wrong_data';
    PERFORM set_config('ektp.reason', before, true);
    RETURN NULL;
"""  # noqa: E501


class RoundCard(models.Model):
    """One card of a round: its place in the order of walking, the tries made, and how it left the round."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="cards")
    card_id = models.BigIntegerField(_("kartu"))
    position = models.SmallIntegerField(_("urutan"))
    tries = models.SmallIntegerField(default=0, editable=False)
    # the outcome after which nobody goes there again in this round; the card may still be in the courier's bag
    result = models.CharField(max_length=17, blank=True, default="", editable=False)
    ended = models.CharField(max_length=9, choices=End, blank=True, default="")
    ended_at = models.DateTimeField(null=True, editable=False)
    missing_at = models.DateTimeField(_("tidak ada saat dihitung"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("kartu dalam putaran")
        constraints = [
            # this prevents that a card is handed to a second courier
            models.UniqueConstraint(fields=["card_id"], condition=Q(ended=""), name="one_round_a_card"),
            models.UniqueConstraint(fields=["round", "card_id"], name="card_once_in_a_round"),
            models.CheckConstraint(condition=Q(tries__gte=0, tries__lte=TRIES), name="three_tries_a_round"),
            models.CheckConstraint(condition=Q(ended__in=["", *End.values]), name="round_card_end_known"),
        ]
        triggers = [
            Door(
                name="roundcard_1_pinned",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                declare=[("its_state", "text")],
                func=_PINNED,
            ),
            OwnerDoor(
                name="roundcard_2_put_in",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(new="new_rows"),
                func=_PUT_IN,
            ),
            OwnerDoor(
                name="roundcard_2_counted",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(new="new_rows"),
                declare=[("before", "text")],
                func=_COUNTED,
            ),
        ]


# The steps of a card that is in a round, whoever takes them: a card goes out in a round alone, what happened at
# the door is an attempt, and a correction puts the round right too.
_UNLESS_ON_ROUNDS = unless_touched(["AT_KECAMATAN", "OUT_FOR_DELIVERY", "RETURNED", "DELIVERED", "CANCELLED"])
_CARD_STEPS = f"""
    {_UNLESS_ON_ROUNDS}
    IF NOT EXISTS (SELECT FROM new_rows WHERE left_stage <> stage AND (stage = 'OUT_FOR_DELIVERY' OR (left_stage, stage) = ('WAITING_FOR_BLANK', 'RETURNED')
                   OR left_stage IN ('AT_KECAMATAN', 'OUT_FOR_DELIVERY', 'RETURNED', 'DELIVERED', 'CANCELLED'))) THEN
        RETURN NULL;
    END IF;
    IF current_setting('ektp.corrects', true) <> '' THEN
        -- back out: it is in the courier's hands again, in the round that it was in
        UPDATE delivery_roundcard r SET ended = '', result = '',
               tries = greatest(r.tries - CASE WHEN r.result IN ('not_home', 'address_not_found') THEN 1 ELSE 0 END, 0)
        FROM new_rows n WHERE n.stage = 'OUT_FOR_DELIVERY' AND n.left_stage IN ('DELIVERED', 'RETURNED', 'WAITING_FOR_BLANK', 'CANCELLED')
          AND r.id = (SELECT x.id FROM delivery_roundcard x WHERE x.card_id = n.id ORDER BY x.ended = '' DESC, x.ended_at DESC LIMIT 1)
          AND NOT EXISTS (SELECT FROM delivery_roundcard x WHERE x.card_id = n.id AND x.ended = '' AND x.id <> r.id);
        -- given up and found: the courier, who had it, still brings it back
        UPDATE delivery_roundcard r SET ended = ''
        FROM new_rows n WHERE n.stage = 'RETURNED' AND n.left_stage = 'WAITING_FOR_BLANK' AND r.ended = 'lost'
          AND r.id = (SELECT x.id FROM delivery_roundcard x WHERE x.card_id = n.id ORDER BY x.ended = '' DESC, x.ended_at DESC LIMIT 1);
        UPDATE delivery_roundcard r SET ended = 'left_out'
        FROM new_rows n WHERE n.left_stage = 'OUT_FOR_DELIVERY' AND n.stage IN ('AT_KECAMATAN', 'RETURNED')
          AND r.card_id = n.id AND r.ended = '';
        RETURN NULL;
    END IF;
    IF EXISTS (
        SELECT FROM new_rows n WHERE n.stage = 'OUT_FOR_DELIVERY' AND n.left_stage <> n.stage
          AND NOT (n.outside_ledger AND NOT n.outside_confirmed)
          AND NOT EXISTS (SELECT FROM delivery_roundcard r JOIN delivery_round d ON d.id = r.round_id
                          WHERE r.card_id = n.id AND r.ended = '' AND d.state = 'out'))
    THEN
        RAISE EXCEPTION USING ERRCODE = 'EK032', MESSAGE = 'a card goes out in a round that its courier has taken over';
    END IF;
    -- nested: one of our own triggers takes the step
    IF pg_trigger_depth() = 1 AND EXISTS (
        SELECT FROM new_rows n JOIN delivery_roundcard r ON r.card_id = n.id AND r.ended = ''
        JOIN delivery_round d ON d.id = r.round_id
        WHERE d.state <> 'ready' AND n.stage IN ('DELIVERED', 'RETURNED') AND n.left_stage IN ('OUT_FOR_DELIVERY', 'RETURNED'))
    THEN
        RAISE EXCEPTION USING ERRCODE = 'EK036', MESSAGE = 'a card in a round is delivered or returned by an attempt or the count';
    END IF;
    -- one that ends otherwise is not carried; cancelled on the way, it is still in the bag and is counted back
    UPDATE delivery_roundcard r
    SET ended = CASE WHEN d.state = 'ready' THEN 'left_out' WHEN n.stage = 'CANCELLED' THEN '' ELSE 'lost' END,
        result = CASE WHEN d.state <> 'ready' AND n.stage = 'CANCELLED' THEN 'cancelled' ELSE r.result END
    FROM new_rows n, delivery_round d
    WHERE n.left_stage IN ('AT_KECAMATAN', 'OUT_FOR_DELIVERY', 'RETURNED') AND n.left_stage <> n.stage
      AND n.stage IN ('WAITING_FOR_BLANK', 'CANCELLED', 'DELIVERED') AND r.card_id = n.id AND r.ended = '' AND d.id = r.round_id
      AND (d.state = 'ready' OR n.stage <> 'DELIVERED');
    RETURN NULL;
"""  # noqa: E501


class CardInRound(Card):
    """Cards, for the trigger with which rounds follow their steps."""

    class Meta:
        proxy = True
        triggers = [
            # named to run after the door of tracking has checked the step itself
            OwnerDoor(
                name="card_walks_its_round",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(new="new_rows"),
                func=_CARD_STEPS,
            ),
        ]


# A card that is to go out, or is out, is not packed for another office at the same time.
_NOT_PACKED = """
    IF EXISTS (SELECT FROM new_rows n JOIN delivery_roundcard r ON r.card_id = n.card_id AND r.ended = '') THEN
        RAISE EXCEPTION USING ERRCODE = 'EK036', MESSAGE = 'a card in a round is not packed';
    END IF;
    RETURN NULL;
"""


class HandoverInRound(HandoverCard):
    """Lines of hand-overs, for the trigger that keeps a card out of two of them."""

    class Meta:
        proxy = True
        triggers = [
            OwnerDoor(
                name="handovercard_not_in_a_round",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(new="new_rows"),
                func=_NOT_PACKED,
            ),
        ]
