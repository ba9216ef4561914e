"""Accounts and movements: append-only, two-sided, and never below zero at a commit.

Whoever writes a movement only notes what the balances will change by; one deferred trigger applies it at
commit in the order of the accounts, so that printers, dividers and recorders never wait for each other in a ring.
"""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tracking.models import Kecamatan
from tracking.models.queue import CurrentTransaction
from tracking.stages import Letter
from tracking.triggers import Door, OwnerDoor

from ..ledger import ACCOUNT, QUOTAS, ROUTES, Cause, DocumentKind, Place

# At the very end of a commit: the balances and the serials of the whole transaction are there.
_KNOWN_BY_SERIAL = """
    IF (SELECT balance FROM blanks_account WHERE id = NEW.id) < (SELECT count(*) FROM blanks_serial WHERE place = 'lost') THEN
        RAISE EXCEPTION USING ERRCODE = 'EK014', MESSAGE = 'a blank that was lost by its serial is found by its serial';
    END IF;
    RETURN NULL;
"""


class Account(models.Model):
    """Where blanks are. The balance is the sum of the movements; only their trigger writes it."""

    site_may = "SELECT"

    id = models.SmallIntegerField(primary_key=True)
    place = models.CharField(_("rekening"), max_length=10, choices=Place)
    kecamatan = models.ForeignKey(Kecamatan, models.PROTECT, null=True, related_name="+", db_index=False)
    balance = models.BigIntegerField(_("saldo"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("rekening blanko")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(place=Place.SUPPLIER) | Q(balance__gte=0), name="balance_not_negative"
            ),
        ]
        triggers = [
            OwnerDoor(
                name="account_lost_by_serial",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Condition(
                    f"NEW.id = {ACCOUNT[Place.LOST]} AND NEW.balance < OLD.balance"
                ),
                func=_KNOWN_BY_SERIAL,
            ),
        ]

    def __str__(self) -> str:
        label = str(Place(self.place).label)
        return f"{label} {self.kecamatan}" if self.kecamatan_id else label


class Document(models.Model):
    """The paper behind movements made by hand: a delivery note, a division, a count, a destruction."""

    site_may = "SELECT, INSERT"

    kind = models.CharField(_("jenis"), max_length=12, choices=DocumentKind)
    number = models.CharField(_("nomor dokumen"), max_length=120)
    dated = models.DateField(_("tanggal dokumen"))
    on_paper = models.BigIntegerField(_("jumlah di surat"), null=True)
    counted = models.BigIntegerField(_("jumlah dihitung"), null=True)
    why = models.CharField(_("sebab"), max_length=500, blank=True)
    basis = models.JSONField(
        _("dasar perhitungan"), null=True
    )  # all that a division or a count was made from
    request = models.UUIDField(
        null=True, unique=True, editable=False
    )  # the form that asked: sent twice, done once
    at = models.DateTimeField(_("dicatat"), db_default=Now(), editable=False)
    actor = models.CharField(_("oleh"), max_length=80, db_default="", editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("dokumen blanko")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=DocumentKind.values) & ~Q(number=""), name="document_known_and_numbered"
            ),
        ]
        triggers = [
            Door(
                name="document_1_signed",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="NEW.actor := public.tracking_actor(); NEW.at := now(); RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"


_SIGN = """
    NEW.actor := public.tracking_actor(); NEW.source := public.tracking_source();
    NEW.at := now(); NEW.xid := pg_current_xact_id()::text::bigint;
    NEW.reason := coalesce(nullif(NEW.reason, ''), current_setting('ektp.reason', true), '');
    -- with the caller's rights and search path: a temporary table of the same name must not say what is legal
    SELECT r.* INTO way FROM public.blanks_route r
    JOIN public.blanks_account f ON f.id = NEW.from_account_id AND f.place = r.from_place
    JOIN public.blanks_account t ON t.id = NEW.to_account_id AND t.place = r.to_place
    WHERE r.cause = NEW.cause;
    IF NOT FOUND OR NEW.from_account_id = NEW.to_account_id THEN
        RAISE EXCEPTION USING ERRCODE = 'EK010', MESSAGE = 'blanks do not move this way';
    END IF;
    IF way.by_card THEN
        IF pg_trigger_depth() < 2 OR NOT public.blanks_as_owner() THEN
            RAISE EXCEPTION USING ERRCODE = 'EK010', MESSAGE = 'only the step of a card moves the blank of a card';
        END IF;
    ELSE
        IF way.supervisor AND NEW.actor LIKE 'staff:%' AND NOT public.tracking_is_supervisor(NEW.actor) THEN
            RAISE EXCEPTION USING ERRCODE = 'EK017', MESSAGE = 'only a supervisor moves blanks this way';
        END IF;
        IF NEW.document_id IS NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'EK010', MESSAGE = 'blanks are moved by hand with a document';
        END IF;
        IF NEW.letter IS NOT NULL OR NEW.batch_id IS NOT NULL OR NEW.event_id IS NOT NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'EK010', MESSAGE = 'only the step of a card names queue and batch';
        END IF;
    END IF;
    RETURN NEW;
"""

_NOTED = """
    INSERT INTO blanks_unsettled (account_id, n)
    SELECT account_id, sum(n) FROM (
        SELECT from_account_id AS account_id, -quantity AS n FROM new_rows
        UNION ALL SELECT to_account_id, quantity FROM new_rows) x GROUP BY 1;
    RETURN NULL;
"""

# Fires after the queue is settled (its trigger was queued by the same statement, earlier), so the position is
# the one that everybody will see: whoever was served must have had nobody better before them.
_IN_TURN = """
    IF tracking_position((NEW.from_account_id - 100)::smallint, NEW.letter, NEW.last_number) <> 1 THEN
        RAISE EXCEPTION USING ERRCODE = 'EK011', MESSAGE = format(
            'somebody better than %s-%s waits', NEW.letter, NEW.last_number);
    END IF;
    RETURN NULL;
"""

_NAMED = """
    IF (SELECT count(*) FROM blanks_serialmove m WHERE m.movement_id = NEW.id) <> NEW.quantity THEN
        RAISE EXCEPTION USING ERRCODE = 'EK012', MESSAGE = 'each of these blanks is named by its serial';
    END IF;
    RETURN NULL;
"""

_QUOTA = f"> {QUOTAS}"
_ANY_NAMED = " OR ".join(
    f"(NEW.cause = '{cause}' AND NEW.from_account_id {account})"
    for cause, account in sorted(
        (route.cause.value, f"= {ACCOUNT[route.from_place]}" if route.from_place in ACCOUNT else _QUOTA)
        for route in ROUTES
        if route.named
    )
)
_NAMED_IF = f"({_ANY_NAMED})"

SERIALS_FIT = """
    IF NOT EXISTS (
        SELECT FROM blanks_document d WHERE d.id = NEW.document_id AND coalesce(
            (SELECT sum(CASE WHEN a.place = 'supplier' THEN -m.quantity ELSE m.quantity END)
             FROM blanks_movement m JOIN blanks_account a ON a.id = m.to_account_id
             WHERE m.document_id = d.id AND m.cause IN ('received', 'short', 'surplus', 'found_more')), 0)
            = coalesce((SELECT sum(r.last - r.first + 1) FROM blanks_range r WHERE r.document_id = d.id), 0))
    THEN
        RAISE EXCEPTION USING ERRCODE = 'EK012', MESSAGE = 'the serials are as many as the blanks received';
    END IF;
    RETURN NULL;
"""
"""Of a document that brings blanks: whichever of its movements and ranges is written last."""

_SETTLE = """
    me := pg_current_xact_id()::text::bigint;
    FOR b IN SELECT account_id, sum(n) AS n FROM blanks_unsettled WHERE xid = me
             GROUP BY 1 HAVING sum(n) <> 0 ORDER BY 1
    LOOP
        UPDATE blanks_account SET balance = balance + b.n WHERE id = b.account_id;
    END LOOP;
    DELETE FROM blanks_unsettled WHERE xid = me;
    RETURN NULL;
"""


class Movement(models.Model):
    """Some blanks from one account to another: how many, why, on which paper, by whom, when."""

    site_may = "SELECT, INSERT"

    from_account = models.ForeignKey(
        Account, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    to_account = models.ForeignKey(
        Account, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    quantity = models.BigIntegerField(_("jumlah"))
    cause = models.CharField(_("sebab"), max_length=12, choices=Cause)
    document = models.ForeignKey(Document, models.PROTECT, null=True, related_name="movements")
    batch = models.ForeignKey(
        "PrintBatch", models.PROTECT, null=True, editable=False, related_name="movements", db_constraint=False
    )
    event_id = models.BigIntegerField(null=True, editable=False)  # the event that a correction undid
    letter = models.CharField(max_length=1, choices=Letter, null=True, editable=False)
    last_number = models.IntegerField(null=True, editable=False)  # the worst number served in turn
    reason = models.CharField(_("keterangan"), max_length=200, db_default="")
    at = models.DateTimeField(_("dicatat"), db_default=Now(), editable=False)
    actor = models.CharField(_("oleh"), max_length=80, db_default="", editable=False)
    source = models.CharField(_("sumber"), max_length=80, db_default="", editable=False)
    xid = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("mutasi blanko")
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="some_blanks_move")]
        indexes = [
            models.Index(fields=["from_account", "at"], name="movement_from"),
            models.Index(fields=["to_account", "at"], name="movement_to"),
            # how far each queue has been served
            models.Index(
                fields=["from_account", "letter", "last_number"],
                condition=Q(last_number__isnull=False),
                name="movement_reached",
            ),
        ]
        triggers = [
            Door(
                name="movement_1_signed",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("way", "record")],
                func=_SIGN,
            ),
            OwnerDoor(
                name="movement_noted",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(new="new_rows"),
                func=_NOTED,
            ),
            OwnerDoor(
                name="movement_in_turn",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Condition("NEW.last_number IS NOT NULL"),
                func=_IN_TURN,
            ),
            OwnerDoor(
                name="movement_named",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Condition(_NAMED_IF),
                func=_NAMED,
            ),
            OwnerDoor(
                name="movement_in_ranges",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Condition("NEW.cause IN ('received', 'short', 'surplus')"),
                func=SERIALS_FIT,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity}: {self.get_cause_display()}"


class RouteRow(models.Model):
    """A legal way of blanks, loaded from ledger.ROUTES; a way that nobody listed is an error."""

    site_may = "SELECT"

    cause = models.CharField(max_length=12, choices=Cause)
    from_place = models.CharField(max_length=10, choices=Place)
    to_place = models.CharField(max_length=10, choices=Place)
    by_card = models.BooleanField()
    supervisor = models.BooleanField()
    named = models.BooleanField()

    class Meta:
        db_table = "blanks_route"
        constraints = [
            models.UniqueConstraint(fields=["cause", "from_place", "to_place"], name="route_once"),
        ]


class Unsettled(models.Model):
    """What a running transaction will change balances by; empty between transactions."""

    site_may = "SELECT"

    xid = models.BigIntegerField(db_default=CurrentTransaction(), db_index=True)
    account_id = models.SmallIntegerField()
    n = models.BigIntegerField()

    class Meta:
        triggers = [
            OwnerDoor(
                name="settle_accounts",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                declare=[("me", "bigint"), ("b", "record")],
                func=_SETTLE,
            ),
        ]
