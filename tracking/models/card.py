"""The card: its stage is the only stored state, and every change of it passes the door in this module.

A BEFORE row trigger completes the row and remembers what it leaves; statement triggers over the new rows
check the step, append the events and note what commit has to settle. One card or 100,000: one statement.
"""

import pgtrigger
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..stages import (
    AT_TICKETS_KECAMATAN,
    BEFORE_BLANK,
    FINAL,
    LED_BY_LEDGER,
    LETTER_OF_KIND,
    Kind,
    Phase,
    Stage,
    quoted,
)
from ..touched import FOUND, TELL
from ..triggers import Door, OwnerDoor
from .citizen import Citizen
from .regions import Kecamatan

_COMPLETE_NEW = f"""
    NEW.left_stage := NULL; NEW.left_place_id := NULL; NEW.left_outside := NULL;
    NEW.since := coalesce(NEW.since, now());
    NEW.blocked := false; NEW.outside_confirmed := false; NEW.token_version := 1;
    NEW.outside_ledger := NEW.stage IN ({quoted(LED_BY_LEDGER)});
    NEW.draws := NEW.stage = 'WAITING_FOR_BLANK';
    NEW.ticket_kecamatan_id := CASE WHEN NEW.draws THEN NEW.kecamatan_id END;
    RETURN NEW;
"""

# Unconditional (no WHEN, no column list): a skipped run would leave a stale left_stage and with it
# phantom events. The helper columns are always overwritten, so nobody can forge them.
_COMPLETE_CHANGED = """
    IF NEW.draws THEN NEW.draws := false; END IF;
    -- no foreign key: with its locks on twelve rows a whole file would make everybody wait
    IF NEW.kecamatan_id <> OLD.kecamatan_id THEN  -- nested: a query in a condition starts an executor for every row
        IF NOT EXISTS (SELECT FROM public.tracking_kecamatan k WHERE k.id = NEW.kecamatan_id) THEN
            RAISE EXCEPTION USING ERRCODE = 'EK009', MESSAGE = 'a card lives in a kecamatan that we know';
        END IF;
    END IF;
    IF NEW.stage <> OLD.stage THEN
        NEW.left_stage := OLD.stage;
        NEW.left_place_id := OLD.place_id;
        NEW.left_outside := OLD.outside_ledger;
        IF current_setting('ektp.corrects', true) <> '' THEN
            -- back to how it was before the step that is undone: as the last event that still holds left it
            SELECT e.left_outside INTO NEW.outside_ledger FROM public.tracking_event e
            WHERE e.card_id = NEW.id AND e.id = current_setting('ektp.corrects')::bigint;
            SELECT e.since, e.code INTO NEW.since, NEW.code FROM public.tracking_event e
            WHERE e.card_id = NEW.id AND e.id < current_setting('ektp.corrects')::bigint AND e.corrects IS NULL
              AND NOT EXISTS (SELECT FROM public.tracking_event x WHERE x.card_id = NEW.id AND x.corrects = e.id)
            ORDER BY e.id DESC LIMIT 1;
        ELSE
            -- the feed gives the code with the step (another stage, so another code); a step of our own has none
            IF NEW.code IS NOT DISTINCT FROM OLD.code THEN
                IF NEW.code IS NOT NULL THEN NEW.code := NULL; END IF;
                IF NEW.since = OLD.since THEN NEW.since := now(); END IF;
            END IF;
            IF NEW.stage = 'WAITING_FOR_BLANK' THEN
                IF NEW.ticket_kecamatan_id IS NULL THEN
                    NEW.ticket_kecamatan_id := NEW.kecamatan_id;
                    NEW.draws := true;
                END IF;
                IF NEW.outside_ledger THEN NEW.outside_ledger := false; END IF;
            ELSIF NEW.stage = 'HELD' AND NEW.outside_ledger THEN
                NEW.outside_ledger := false;
            END IF;
        END IF;
    ELSIF NEW.kecamatan_id <> OLD.kecamatan_id THEN
        NEW.left_stage := OLD.stage;
        NEW.left_place_id := OLD.place_id;
        NEW.left_outside := OLD.outside_ledger;
    ELSIF NEW.left_stage IS NOT NULL THEN
        NEW.left_stage := NULL;
    END IF;
    RETURN NEW;
"""

# A link goes on to its next version only: one that is dead stays dead. A card once found stays found.
_PINNED_IF = """
    OLD.id <> NEW.id OR OLD.citizen_id <> NEW.citizen_id OR OLD.kind <> NEW.kind
    OR OLD.outside_ledger <> NEW.outside_ledger OR OLD.blocked <> NEW.blocked
    OR OLD.ticket_kecamatan_id IS DISTINCT FROM NEW.ticket_kecamatan_id
    OR OLD.outside_confirmed > NEW.outside_confirmed
    OR (OLD.token_version <> NEW.token_version AND NEW.token_version <> OLD.token_version % 32767 + 1)
    OR (OLD.stage = NEW.stage AND (OLD.since <> NEW.since OR OLD.code IS DISTINCT FROM NEW.code))
"""

_PINNED = """
    -- only the triggers of Block, which run with the owner's rights, set and lift the flag, and nothing with it
    IF NEW.blocked <> OLD.blocked AND pg_trigger_depth() > 1 AND pg_catalog.pg_has_role(
        current_user, (SELECT c.relowner FROM pg_catalog.pg_class c WHERE c.oid = TG_RELID), 'USAGE')
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'EK007',
        MESSAGE = 'a card''s citizen, kind, ticket, marks, block and dates are not changed by hand';
"""

_CREATED = """
    PERFORM 1 FROM new_rows LIMIT 1;
    IF NOT FOUND THEN RETURN NULL; END IF;
    who := tracking_actor();
    whence := tracking_source();
    IF EXISTS (SELECT FROM new_rows n WHERE NOT EXISTS (SELECT FROM tracking_citizen c WHERE c.id = n.citizen_id))
    THEN
        RAISE EXCEPTION USING ERRCODE = 'EK008', MESSAGE = 'a card belongs to a citizen we know';
    END IF;
    INSERT INTO tracking_event (card_id, from_stage, to_stage, at, since, code, actor, reason, source)
    SELECT id, NULL, stage, now(), since, code, who, '', whence FROM new_rows;
    INSERT INTO tracking_unsettled (place_id, stage, outside, n)
    SELECT place_id, stage, outside_ledger, count(*) FROM new_rows GROUP BY 1, 2, 3;
    INSERT INTO tracking_unsettled (place_id, letter, draws, card_ids, requests)
    SELECT ticket_kecamatan_id, letter, true, array_agg(id), array_agg(requested_at)
    FROM new_rows WHERE draws GROUP BY 1, 2;
    RETURN NULL;
"""

_MOVED = f"""
    FOR g IN
        SELECT left_place_id, left_stage, left_outside, place_id, stage, outside_ledger,
               -- what the centre reports (it gives its code) of a card outside the ledger has happened
               blocked AND NOT (left_outside AND NOT outside_confirmed AND code IS NOT NULL) AS barred,
               CASE WHEN stage = 'HELD' THEN code END AS stop, count(*) AS n, bool_or(draws AND blocked) AS draws_blocked
        FROM new_rows WHERE left_stage IS NOT NULL OR (outside_ledger AND outside_confirmed) GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
    LOOP
        IF g.left_stage IS NULL THEN
            touched := touched || '{FOUND}'::text;
            CONTINUE;
        END IF;
        touched := touched || ARRAY[g.left_stage, g.stage]::text[];
        IF who IS NULL THEN
            who := tracking_actor();
            whence := tracking_source();
            why := coalesce(current_setting('ektp.reason', true), '');
            undone := nullif(current_setting('ektp.corrects', true), '');
        END IF;
        IF g.stage <> g.left_stage THEN
            moved := moved + g.n;
            IF undone IS NULL THEN
                PERFORM tracking_check_step(g.left_stage, g.stage, coalesce(g.stop, why), g.barred);
            END IF;
            queue := queue OR g.stage = 'WAITING_FOR_BLANK' OR g.left_stage = 'WAITING_FOR_BLANK';
        END IF;
        IF (g.left_place_id, g.left_stage, g.left_outside) <> (g.place_id, g.stage, g.outside_ledger) THEN
            INSERT INTO tracking_unsettled (place_id, stage, outside, n)
            VALUES (g.left_place_id, g.left_stage, g.left_outside, -g.n),
                   (g.place_id, g.stage, g.outside_ledger, g.n);
        END IF;
        blocked_draw := blocked_draw OR g.draws_blocked;
    END LOOP;
    {TELL}
    IF moved = 0 THEN RETURN NULL; END IF;
    IF undone IS NOT NULL THEN
        IF moved <> 1 THEN
            RAISE EXCEPTION USING ERRCODE = 'EK005', MESSAGE = 'one card is corrected at a time';
        END IF;
        PERFORM tracking_check_correction(id, left_stage, stage, blocked, undone::bigint, who, why)
        FROM new_rows WHERE left_stage <> stage;
    END IF;
    INSERT INTO tracking_event (card_id, from_stage, to_stage, at, since, code, actor, reason, source,
                                left_outside, corrects)
    SELECT id, left_stage, stage, now(), since, code, who,
           CASE WHEN stage = 'HELD' AND undone IS NULL THEN coalesce(code, why) ELSE why END, whence,
           left_outside, undone::bigint
    FROM new_rows WHERE left_stage <> stage;
    IF queue THEN
        INSERT INTO tracking_unsettled (place_id, letter, draws, waits, blocked, act, card_ids, requests)
        SELECT ticket_kecamatan_id, letter, draws, stage = 'WAITING_FOR_BLANK', blocked,
               CASE WHEN stage = 'BLANK_ALLOCATED' AND undone IS NULL THEN 'served' END,
               array_agg(id), CASE WHEN draws THEN array_agg(requested_at) END FROM new_rows
        WHERE left_stage <> stage AND (stage = 'WAITING_FOR_BLANK' OR left_stage = 'WAITING_FOR_BLANK')
        GROUP BY 1, 2, 3, 4, 5, 6;
    END IF;
    IF blocked_draw THEN
        -- one that was blocked before it became ready waits blocked: its bit is looked at by itself
        INSERT INTO tracking_unsettled (place_id, letter, waits, blocked, card_ids)
        SELECT ticket_kecamatan_id, letter, true, true, array_agg(id) FROM new_rows WHERE draws AND blocked GROUP BY 1, 2;
    END IF;
    RETURN NULL;
"""


def _letter_of_kind() -> models.Case:
    return models.Case(
        *[models.When(kind=kind, then=models.Value(letter)) for kind, letter in LETTER_OF_KIND.items()],
        output_field=models.CharField(max_length=1),
    )


class Card(models.Model):
    """One card of one citizen, from its recording to its end."""

    citizen = models.ForeignKey(
        Citizen, models.PROTECT, related_name="cards", db_constraint=False, db_index=False
    )  # checked by the door for the whole statement at once; found by the index "card_of_citizen"
    kind = models.CharField(_("jenis"), max_length=6, choices=Kind)
    letter = models.GeneratedField(
        expression=_letter_of_kind(), output_field=models.CharField(max_length=1), db_persist=True
    )
    stage = models.CharField(_("tahap"), max_length=20, choices=Stage)
    since = models.DateTimeField(_("sejak"), default=timezone.now)
    code = models.CharField(_("kode pusat tahap ini"), max_length=32, null=True)
    requested_at = models.DateTimeField(_("permohonan"))
    kecamatan = models.ForeignKey(
        Kecamatan, models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )  # of residence
    ticket_kecamatan = models.ForeignKey(
        Kecamatan,
        models.PROTECT,
        related_name="+",
        null=True,
        editable=False,
        db_constraint=False,
        db_index=False,
    )  # of residence when the ticket was drawn; set by the door, for life
    place = models.GeneratedField(
        expression=models.Case(
            models.When(
                stage__in=AT_TICKETS_KECAMATAN,
                then=models.functions.Coalesce("ticket_kecamatan_id", "kecamatan_id"),
            ),
            default=models.F("kecamatan_id"),
        ),
        output_field=models.SmallIntegerField(),
        db_persist=True,
        db_column="place_id",
    )  # the kecamatan that this card counts for, in counters, lists and rights
    closed = models.GeneratedField(
        expression=models.Case(
            models.When(stage__in=FINAL, then=models.Value(True)), default=models.Value(False)
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    phase = models.GeneratedField(
        expression=models.Case(
            models.When(stage__in=BEFORE_BLANK, then=models.Value(Phase.BEFORE_BLANK)),
            models.When(stage=Stage.DELIVERED, then=models.Value(Phase.DELIVERED)),
            models.When(stage=Stage.CANCELLED, then=models.Value(Phase.CANCELLED)),
            default=models.Value(Phase.UNDER_WAY),
        ),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )  # narrows staff's lists by stage: an index on the stage itself would end HOT updates
    outside_ledger = models.BooleanField(_("di luar buku blanko"), default=False, editable=False)
    outside_confirmed = models.BooleanField(_("kartu sudah ditemukan petugas"), default=False, editable=False)
    blocked = models.BooleanField(_("diblokir"), default=False, editable=False)
    token_version = models.SmallIntegerField(default=1, editable=False)
    # what the last statement left, for the statement triggers; meaningless to anybody else
    left_stage = models.CharField(max_length=20, null=True, editable=False)
    left_place_id = models.SmallIntegerField(null=True, editable=False)
    left_outside = models.BooleanField(null=True, editable=False)
    draws = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("kartu")
        constraints = [
            models.UniqueConstraint(
                fields=["citizen"], condition=models.Q(closed=False), name="one_open_card"
            ),
            models.CheckConstraint(condition=models.Q(stage__in=Stage.values), name="card_stage_known"),
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="card_kind_known"),
        ]
        indexes = [
            # a citizen's open card, or else the last one, comes first
            models.Index(fields=["citizen", "closed", "-id"], name="card_of_citizen"),
            models.Index(fields=["place", "id"], name="card_place"),
            # of the rest of the cards there are so many that a list is full after a few rows
            models.Index(
                fields=["phase", "id"],
                condition=~models.Q(phase=Phase.DELIVERED),
                name="card_not_delivered",
            ),
        ]
        triggers = [
            Door(name="card_1_new", when=pgtrigger.Before, operation=pgtrigger.Insert, func=_COMPLETE_NEW),
            Door(
                name="card_1_changed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=_COMPLETE_CHANGED,
            ),
            # named to run before the door completes the row, so it sees what the statement asked for
            Door(
                name="card_0_pinned",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(_PINNED_IF),
                func=_PINNED,
            ),
            OwnerDoor(
                name="card_created",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(new="new_rows"),
                declare=[("who", "text"), ("whence", "text")],
                func=_CREATED,
            ),
            OwnerDoor(
                name="card_moved",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(new="new_rows"),
                declare=[
                    ("g", "record"),
                    ("who", "text"),
                    ("whence", "text"),
                    ("why", "text"),
                    ("undone", "text"),
                    ("moved", "bigint := 0"),
                    ("queue", "boolean := false"),
                    ("blocked_draw", "boolean := false"),
                    ("touched", "text[] := '{}'"),
                ],
                func=_MOVED,
            ),
        ]

    def __str__(self) -> str:
        return _("Kartu %(id)s") % {"id": self.pk}
