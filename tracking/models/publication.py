"""Published days: what each closed set holds, its files, its roots. Written when a day is closed, never changed."""

import secrets

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from ..stages import Letter, Stage

HASH = 32  # bytes of SHA-256
CHUNK = 1024
"""Leaves of a private tree that share a stored hash: a proof recomputes these alone."""


class Multirange(models.Field):  # type: ignore[type-arg]
    """A set of numbers as PostgreSQL keeps it: runs without their gaps."""

    def db_type(self, connection: object) -> str:
        return "int8multirange"


def _secret() -> bytes:
    return secrets.token_bytes(HASH)


class Installation(models.Model):
    """The day on which the office began to use this site: the first that is published, with all that was before."""

    site_may = "SELECT"

    id = models.SmallIntegerField(primary_key=True, default=1)
    day = models.DateField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_installation")]


class Publication(models.Model):
    """One published day. The row is what closes it: whatever commits later falls into the next."""

    site_may = "SELECT, INSERT"

    day = models.DateField(_("hari"), primary_key=True)
    before = models.DateField(null=True, unique=True)  # the day published before: the chain has no fork
    until = models.DateTimeField(_("sampai"))  # what began later belongs to a later day
    closed_at = models.DateTimeField(_("ditutup"), db_default=Now(), editable=False)
    events = models.BigIntegerField(_("peristiwa"))
    lines = models.BigIntegerField(_("baris catatan umum"))
    public_root = models.BinaryField(max_length=HASH)
    private_root = models.BinaryField(max_length=HASH)
    # what the nonces of the private tree are made from; whoever has it can try what a leaf may hold
    secret = models.BinaryField(max_length=HASH, default=_secret, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("pengumuman harian")
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day}"


class PublishedSet(models.Model):
    """Which rows of an append-only table, by their ids, are a day's. Together they are all, and none is in two.

    `reach`: the largest id so far. `missing`: ids up to it that are no day's yet: of transactions that had not
    committed, or that never will. `newest_xid`: no transaction of then has this number or a larger one.
    """

    site_may = "SELECT, INSERT"

    pk = models.CompositePrimaryKey("source", "day")
    source = models.CharField(max_length=12)
    day = models.DateField()
    reach = models.BigIntegerField()
    taken = Multirange()
    missing = Multirange()
    newest_xid = models.BigIntegerField()


class PublishedQueue(models.Model):
    """One queue at the end of a published day, as the turn log up to `reach` leaves it."""

    site_may = "SELECT, INSERT"

    pk = models.CompositePrimaryKey("kecamatan_id", "letter", "day")
    day = models.DateField(db_index=True)
    kecamatan_id = models.SmallIntegerField()
    letter = models.CharField(max_length=1, choices=Letter)
    reach = models.BigIntegerField()  # the kecamatan's last moment that is published
    lines = models.BigIntegerField()  # of the kecamatan's log so far
    last_number = models.IntegerField()
    waiting = models.IntegerField()
    served = models.IntegerField()  # on this day
    exceptions = models.IntegerField()


class PublishedCount(models.Model):
    """How many cards of a kecamatan were in a stage at the end of a published day; of these, outside the ledger."""

    site_may = "SELECT, INSERT"

    pk = models.CompositePrimaryKey("day", "kecamatan_id", "stage")
    day = models.DateField()
    kecamatan_id = models.SmallIntegerField()
    stage = models.CharField(max_length=20, choices=Stage)
    n = models.IntegerField()
    outside = models.IntegerField()


class PublishedFile(models.Model):
    """A file of a published day: how long it is, and its digest."""

    site_may = "SELECT, INSERT"

    pk = models.CompositePrimaryKey("day", "name")
    day = models.DateField()
    name = models.CharField(max_length=80)
    place = models.SmallIntegerField()  # in the public log
    header = models.CharField(max_length=200)
    lines = models.BigIntegerField()
    size = models.BigIntegerField()
    digest = models.CharField(max_length=64)


class PublishedPart(models.Model):
    """A piece of a file: whole lines, without the header."""

    site_may = "SELECT, INSERT"

    pk = models.CompositePrimaryKey("day", "name", "n")
    day = models.DateField()
    name = models.CharField(max_length=80)
    n = models.IntegerField()
    text = models.TextField()


class PublishedChunk(models.Model):
    """1,024 leaves of a day's private tree, from one event to another, and their hash."""

    site_may = "SELECT, INSERT"

    pk = models.CompositePrimaryKey("day", "n")
    day = models.DateField()
    n = models.IntegerField()
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField(db_index=True)
    hash = models.BinaryField(max_length=HASH)
