"""What all doors share: a batch taken in at once, whole or not at all, and refused in words if it can't be read."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone

from .feed import Feed, UnreadableFile
from .intake import take_in
from .models import Batch, Source

State = Batch.State


def take_in_at_once(
    source: Source,
    opened: Callable[[], Feed],
    *,
    within: Callable[[Batch], None],
    files: list[str],
    but: frozenset[str] = frozenset(),
    patience: str = "",
    **fields: Any,
) -> Batch:
    """Make a batch of a feed and take it in, in one transaction with what `within` writes about it.

    The batch comes back applied or refused; both times `within` was part of it. UnreadableFile for the faults
    in `but`: then nothing is written.
    """
    fields = {"actor": f"source:{source.slug}", "files": files, "state": State.CONFIRMED} | fields
    try:
        batch = Batch(source=source, **fields)
        batch.reserve()
        return take_in(opened(), batch, only_kecamatan=batch.kecamatan_id, within=within, patience=patience)
    except UnreadableFile as error:
        if error.code in but:
            raise
        with transaction.atomic():
            batch = Batch(source=source, **fields)
            batch.state, batch.message, batch.fault = State.REFUSED, error.message, error.code
            batch.finished_at = timezone.now()
            batch.save()
            within(batch)
        return batch
