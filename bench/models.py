"""The table that django-import-export fills: all of a row in one place, sealed and indexed as ours is."""

from django.db import models


class PeerCard(models.Model):
    """A citizen with their card, as one row; no history, no queue, no triggers."""

    nik_index = models.UUIDField(unique=True)
    nik_sealed = models.BinaryField()
    name = models.CharField(max_length=100, db_index=True)
    kecamatan_id = models.SmallIntegerField()
    kelurahan_id = models.IntegerField()
    rw = models.SmallIntegerField(null=True)
    rt = models.SmallIntegerField(null=True)
    recorded_at = models.DateTimeField()
    requested_at = models.DateTimeField()
    kind = models.CharField(max_length=6)
    address_sealed = models.BinaryField(null=True)
    address_digest = models.BigIntegerField(null=True)
    phone_sealed = models.BinaryField(null=True)
    phone_digest = models.BigIntegerField(null=True)
    code = models.CharField(max_length=32)
    stage = models.CharField(max_length=20)
    central_from = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "peer_card"

    def __str__(self) -> str:
        return str(self.pk)
