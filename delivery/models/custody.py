"""Custody: who holds each physical card, as an append-only chain beside the card's steps.

A physical card is a Piece: a card and the serial it is printed on (a card outside the ledger has none). A
card that was spoiled and printed again is two of them. Nobody writes here but triggers with the owner's rights:
what the serials and the steps of cards say follows in the same statement; hand-overs and rounds pass cards on
by `delivery_pass`. Giver is whoever took last: the chain's own trigger sees to it.
"""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from blanks.models import SerialMove
from tracking.models import Card
from tracking.stages import LED_BY_LEDGER, PRINTED_OR_FURTHER, quoted
from tracking.touched import FOUND, unless_touched
from tracking.triggers import OwnerDoor

from ..custody import FOUND_AT, GONE, HOLDERS, UNDER_WAY, Act, Holder


class Piece(models.Model):
    """A physical card and who has it. `current` is the one that its citizen is to get or has got."""

    site_may = "SELECT"

    card_id = models.BigIntegerField(_("kartu"))
    series_id = models.SmallIntegerField(null=True)
    number = models.BigIntegerField(_("nomor seri"), null=True)
    current = models.BooleanField(default=True)
    holder = models.CharField(_("pemegang"), max_length=9, choices=Holder)
    holder_id = models.BigIntegerField(default=0)
    moves = models.IntegerField(default=0)
    since = models.DateTimeField(_("sejak"))

    class Meta:
        verbose_name = verbose_name_plural = _("kartu fisik")
        constraints = [
            models.UniqueConstraint(
                fields=["card_id"], condition=Q(current=True), name="one_current_piece_a_card"
            ),
            # this prevents two cards on one blank
            models.UniqueConstraint(
                fields=["series_id", "number"], condition=~Q(holder__in=GONE), name="one_piece_a_serial"
            ),
        ]
        indexes = [
            models.Index(fields=["card_id"], condition=Q(current=False), name="piece_was_card"),
            models.Index(
                fields=["holder", "holder_id", "since"],
                include=["card_id", "current"],
                condition=Q(holder__in=UNDER_WAY),
                name="piece_holder",
            ),
        ]

    def __str__(self) -> str:
        return _("Kartu fisik %(id)s") % {"id": self.pk}


_CHAIN = """
    UPDATE delivery_piece p SET holder = n.taker, holder_id = n.taker_id, moves = n.number, since = n.at
    FROM new_rows n
    WHERE p.id = n.piece_id AND p.moves = n.number - 1 AND (p.holder, p.holder_id) = (n.giver, n.giver_id);
    GET DIAGNOSTICS moved = ROW_COUNT;
    IF moved <> (SELECT count(*) FROM new_rows) THEN
        RAISE EXCEPTION USING ERRCODE = 'EK020', MESSAGE = 'a card is given by whoever holds it, once';
    END IF;
    RETURN NULL;
"""


class Custody(models.Model):
    """One change of hands: who gave, who took, by what act, who booked it. Appended by triggers, never changed.

    `event_id` is the newest event of the card at that time, so a correction knows who had the card before a step.
    """

    site_may = "SELECT"

    piece = models.ForeignKey(
        Piece, models.PROTECT, related_name="custody", db_constraint=False, db_index=False
    )
    number = models.IntegerField()
    giver = models.CharField(_("dari"), max_length=9, choices=Holder)
    giver_id = models.BigIntegerField()
    taker = models.CharField(_("kepada"), max_length=9, choices=Holder)
    taker_id = models.BigIntegerField()
    act = models.CharField(_("perbuatan"), max_length=12, choices=Act)
    event_id = models.BigIntegerField()
    at = models.DateTimeField(_("dicatat"), db_default=Now())
    actor = models.CharField(_("oleh"), max_length=80)
    source = models.CharField(_("sumber"), max_length=80)

    class Meta:
        verbose_name = verbose_name_plural = _("serah terima kartu")
        constraints = [
            models.UniqueConstraint(fields=["piece", "number"], name="custody_once"),
            models.CheckConstraint(
                condition=Q(giver__in=Holder.values, taker__in=Holder.values, act__in=Act.values)
                & ~Q(giver=models.F("taker"), giver_id=models.F("taker_id")),
                name="custody_changes_hands",
            ),
        ]
        triggers = [
            OwnerDoor(
                name="custody_chain",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(new="new_rows"),
                declare=[("moved", "bigint")],
                func=_CHAIN,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_giver_display()} → {self.get_taker_display()}"


_GONE = quoted(GONE)

# The serial says when a physical card comes to be, is spoiled, lost or destroyed. A correction has no card in its row.
_SERIALS = f"""
    IF NOT EXISTS (
        SELECT FROM new_rows WHERE card_id IS NOT NULL OR 'cards' IN (from_place, to_place) OR from_place = 'spoiled')
    THEN
        RETURN NULL;
    END IF;
    INSERT INTO delivery_piece (card_id, series_id, number, current, holder, holder_id, moves, since)
    SELECT card_id, series_id, number, to_place = 'cards', 'store', 0, 0, now() FROM new_rows
    WHERE from_place = 'free' AND card_id IS NOT NULL;
    PERFORM delivery_move(
        array_agg(p.id ORDER BY p.id),
        CASE WHEN n.from_place = 'free' THEN 'printed' WHEN n.to_place = 'free' THEN 'corrected' ELSE n.to_place END,
        CASE WHEN n.from_place = 'free' THEN 'operator' WHEN n.to_place = 'free' THEN 'store' ELSE 'none' END, 0)
    FROM new_rows n JOIN delivery_piece p ON (p.series_id, p.number) = (n.series_id, n.number)
        AND CASE WHEN n.from_place = 'free' THEN p.holder = 'store' AND p.moves = 0 ELSE p.holder NOT IN ({_GONE}) END
    WHERE n.from_place = 'free' AND n.card_id IS NOT NULL
        OR n.from_place IN ('cards', 'spoiled') AND n.to_place IN ('free', 'lost', 'destroyed', 'sent_back')
    GROUP BY n.from_place, n.to_place;
    UPDATE delivery_piece p SET current = false FROM new_rows n
    WHERE n.from_place = 'cards' AND (p.series_id, p.number) = (n.series_id, n.number) AND p.current;
    UPDATE delivery_piece p SET current = true FROM new_rows n
    WHERE n.to_place = 'cards' AND n.from_place IN ('spoiled', 'lost')
        AND p.id = (SELECT max(x.id) FROM delivery_piece x
                    WHERE x.card_id = n.card_id AND (x.series_id, x.number) = (n.series_id, n.number));
    RETURN NULL;
"""


class SerialCustody(SerialMove):
    """Moves of serials, for the trigger with which custody follows them."""

    class Meta:
        proxy = True
        triggers = [
            OwnerDoor(
                name="serialmove_tells_custody",  # after the one that has placed the serial
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(new="new_rows"),
                func=_SERIALS,
            ),
        ]


_TAKER = " ".join(f"WHEN '{stage}' THEN '{by.taker}'" for stage, by in HOLDERS.items() if by.taker)
_FOUND = " ".join(f"WHEN '{stage}' THEN '{holder}'" for stage, holder in FOUND_AT.items())
_LED = quoted(LED_BY_LEDGER)
_THERE = quoted(PRINTED_OR_FURTHER)

# A card outside the ledger is somebody's once it is found, or once a step of our own says so (the centre's has a code).
_STEPS = f"""
    {unless_touched(LED_BY_LEDGER, [FOUND])}
    IF NOT EXISTS (
        SELECT FROM new_rows WHERE left_stage <> stage AND (stage IN ({_THERE}) OR left_stage IN ({_THERE}))
            OR left_stage <> stage AND left_outside OR outside_confirmed AND outside_ledger)
    THEN
        RETURN NULL;
    END IF;
    who := tracking_actor(); whence := tracking_source();
    why := coalesce(current_setting('ektp.reason', true), '');
    IF current_setting('ektp.corrects', true) <> '' THEN
        PERFORM delivery_correct(id, stage, current_setting('ektp.corrects')::bigint) FROM new_rows WHERE left_stage <> stage;
        RETURN NULL;
    END IF;
    its_place := delivery_kecamatan_of(who);
    IF EXISTS (SELECT FROM new_rows n JOIN delivery_piece p ON p.card_id = n.id AND p.current
               WHERE n.left_stage = 'RETURNED' AND n.stage = 'OUT_FOR_DELIVERY'
                   AND p.holder = 'courier' AND p.holder_id NOT IN (0, delivery_courier_of(n.id)))
    THEN
        RAISE EXCEPTION USING ERRCODE = 'EK020', MESSAGE = 'a courier gives a card back before another one takes it';
    END IF;
    IF why = 'lost' AND who LIKE 'staff:%' AND NOT tracking_is_supervisor(who)
       AND EXISTS (SELECT FROM new_rows n WHERE n.left_stage <> n.stage AND n.stage = 'WAITING_FOR_BLANK')
    THEN
        RAISE EXCEPTION USING ERRCODE = 'EK017', MESSAGE = 'only a supervisor books a card to lost';
    END IF;
    PERFORM delivery_step_while_packed(n.id, n.stage, why, who)
    FROM new_rows n JOIN delivery_handovercard l ON l.card_id = n.id AND l.open WHERE n.left_stage <> n.stage;
    INSERT INTO delivery_piece (card_id, current, holder, holder_id, moves, since)
    SELECT n.id, true, 'none', 0, 0, now() FROM new_rows n
    WHERE n.outside_ledger AND n.stage IN ({_LED}) AND (n.outside_confirmed OR n.code IS NULL AND n.left_stage <> n.stage)
        AND NOT EXISTS (SELECT FROM delivery_piece p WHERE p.card_id = n.id AND p.current);
    INSERT INTO delivery_custody (piece_id, number, giver, giver_id, taker, taker_id, act, event_id, at, actor, source)
    SELECT p.id, p.moves + 1, p.holder, p.holder_id, t.kind, t.which,
           CASE WHEN p.holder = 'none' THEN 'found' WHEN t.kind = 'none' THEN 'lost' ELSE 'step' END,
           (SELECT max(e.id) FROM tracking_event e WHERE e.card_id = n.id), now(), who, whence
    FROM new_rows n JOIN delivery_piece p ON p.card_id = n.id AND p.current
    CROSS JOIN LATERAL (
        SELECT k.kind, CASE k.kind WHEN 'courier' THEN delivery_courier_of(n.id) WHEN 'kecamatan' THEN coalesce(
            CASE WHEN p.holder = 'transit' THEN (SELECT h.to_kecamatan_id FROM delivery_handover h WHERE h.id = p.holder_id) END,
            k.place, n.kecamatan_id) ELSE 0 END AS which
        FROM (SELECT CASE WHEN n.stage NOT IN ({_LED}) THEN CASE WHEN why IN ('lost', 'not_found') THEN 'none' END
                    WHEN p.holder <> 'none' THEN CASE n.stage {_TAKER} END
                    WHEN n.left_stage IS NULL AND its_place IS NOT NULL THEN 'kecamatan'
                    ELSE CASE n.stage {_FOUND} END END AS kind,
               CASE WHEN n.left_stage IS NULL THEN its_place END AS place) k) t
    WHERE t.kind IS NOT NULL AND (n.left_stage <> n.stage OR p.holder = 'none')
        AND (t.kind, t.which) <> (p.holder, p.holder_id);
    UPDATE delivery_piece p SET current = false FROM new_rows n
    WHERE n.left_stage <> n.stage AND n.stage NOT IN ({_LED}) AND p.card_id = n.id AND p.current;
    RETURN NULL;
"""


class StepCustody(Card):
    """Cards, for the trigger with which custody follows their steps."""

    class Meta:
        proxy = True
        triggers = [
            # named to run after the door has checked the step and its blank has followed
            OwnerDoor(
                name="card_tells_custody",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(new="new_rows"),
                declare=[("who", "text"), ("whence", "text"), ("why", "text"), ("its_place", "smallint")],
                func=_STEPS,
            ),
        ]
