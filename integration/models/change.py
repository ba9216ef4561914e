"""Steps of cards in an order that partners can follow, and how far that order is settled."""

from django.db import models
from django.db.models.functions import Now


class Change(models.Model):
    """An event of a card as partners read it, under its own number and the kecamatan it had when it was listed.

    Copied from the events, of which a partner may not see all, and which know no kecamatan.
    """

    site_may = "SELECT, INSERT"

    event_id = models.BigIntegerField(primary_key=True)
    kecamatan_id = models.SmallIntegerField()
    card_id = models.BigIntegerField()
    stage = models.CharField(max_length=20)
    since = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        # with all of a change in it: those of a kecamatan lie scattered among the city's
        indexes = [
            models.Index(
                fields=["kecamatan_id", "event_id"],
                include=["card_id", "stage", "since", "at"],
                name="change_of_kecamatan",
            )
        ]


class ChangeMark(models.Model):
    """Once all transactions up to `xid` are over, no event up to `event_id` can still appear. One mark is settled:
    changes are listed up to there, and may be read.
    """

    site_may = "SELECT, INSERT, UPDATE, DELETE"

    event_id = models.BigIntegerField(primary_key=True)
    xid = models.BigIntegerField()
    settled = models.BooleanField(default=False)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            # this prevents two ideas of how far the list goes
            models.UniqueConstraint(
                fields=["settled"], condition=models.Q(settled=True), name="one_settled_mark"
            ),
        ]
