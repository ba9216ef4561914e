"""Receipts by their tokens, which are on paper alone."""

from .models import Receipt
from .once import LENGTH, hash_of


def read(token: str) -> Receipt:
    """The receipt in force that a token opens; LookupError for any other."""
    if len(token) != LENGTH or not token.isascii():
        raise LookupError
    receipt = Receipt.objects.filter(token_hash=hash_of(token), ended_at__isnull=True).first()
    if receipt is None:
        raise LookupError
    return receipt
