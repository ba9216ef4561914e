"""What a partner has sent under which key, so that sending it again does nothing twice."""

from django.db import models
from django.db.models.functions import Now

from .batch import Batch
from .token import Token


class Delivery(models.Model):
    """One Idempotency-Key of a token. Key and body are kept as hashes under the token's own words, which we
    do not keep: nobody finds out from them what was sent.
    """

    site_may = "SELECT, INSERT, UPDATE, DELETE"

    token = models.ForeignKey(Token, models.PROTECT, related_name="deliveries")
    key = models.UUIDField()
    body = models.UUIDField(null=True)  # unknown until all of it has come
    batch = models.OneToOneField(Batch, models.CASCADE, null=True, related_name="delivery")
    created_at = models.DateTimeField(db_default=Now())
    holder = models.UUIDField()  # the request that works on it
    held_until = models.DateTimeField()  # unless that says again that it is alive

    class Meta:
        constraints = [
            # this prevents that two requests with one key both begin
            models.UniqueConstraint(fields=["token", "key"], name="one_delivery_a_key"),
        ]
        indexes = [
            models.Index(fields=["created_at"], name="delivery_created"),
            models.Index(fields=["held_until"], name="delivery_held"),
        ]
