"""Proofs for the holder of a receipt: each event of the card is a leaf of a day's private tree.

`tools/check_publication.py --proof` checks them against the published roots; the form is described in
docs/publication.md. A proof gives away one event: its nonce is made for it alone.
"""

from typing import Any

from django.db import connection, transaction

from ..models import Event, Publication, PublishedChunk
from ..models.publication import CHUNK
from . import merkle, private


def proofs(card: int) -> dict[str, Any]:
    """`{"proofs": […], "unpublished": n}`: of every published event of a card, in the order in which they happened.

    Whoever calls it has made sure that the holder of the card's receipt asks.
    """
    events = list(Event.objects.filter(card_id=card).order_by("id").values_list("id", flat=True))
    found = [proof for event in events if (proof := _proof(event))]
    return {"proofs": found, "unpublished": len(events) - len(found)}


def _proof(event: int) -> dict[str, Any] | None:
    place = _place(event)
    if place is None:
        return None
    publication, chunk = place
    leaves = _Leaves(bytes(publication.secret))
    with transaction.atomic(), connection.cursor() as cursor:
        private.leaves_into(leaves, cursor, publication.day, chunk.first_id, chunk.last_id)
    index = leaves.ids.index(event)
    hashes = [merkle.leaf_hash(leaves.nonces[n] + text) for n, text in enumerate(leaves.texts)]
    if chunk.n == 0:
        hashes.insert(0, merkle.leaf_hash(_previous(publication)))
    within = index + (chunk.n == 0)
    chunks = PublishedChunk.objects.filter(day=publication.day).order_by("n")
    above = [bytes(digest) for digest in chunks.values_list("hash", flat=True)]
    path = [*merkle.path_of(hashes, within), *merkle.path_of(above, chunk.n)]
    return {
        "date": str(publication.day),
        "event": leaves.texts[index].decode(),
        "nonce": leaves.nonces[index].hex(),
        "index": chunk.n * CHUNK + within,
        "size": publication.events + 1,
        "path": [step.hex() for step in path],
        "private_root": bytes(publication.private_root).hex(),
    }


def _place(event: int) -> tuple[Publication, PublishedChunk] | None:
    """The day whose set has this event, and the chunk of its tree."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.day, c.n FROM tracking_publishedchunk c"
            " JOIN tracking_publishedset s ON s.source = 'event' AND s.day = c.day AND s.taken @> %(event)s::bigint"
            " WHERE c.first_id <= %(event)s AND c.last_id >= %(event)s",
            {"event": event},
        )
        row = cursor.fetchone()
    if row is None:
        return None
    return Publication.objects.get(day=row[0]), PublishedChunk.objects.get(day=row[0], n=row[1])


def _previous(publication: Publication) -> bytes:
    if publication.before is None:
        return private.FIRST_PREVIOUS
    return bytes(Publication.objects.get(day=publication.before).private_root)


class _Leaves:
    """The leaves of one chunk."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self.ids: list[int] = []
        self.nonces: list[bytes] = []
        self.texts: list[bytes] = []

    def write(self, data: bytes) -> int:
        for line in data.splitlines():
            number, _, text = line.partition(b"\t")
            self.ids.append(int(number))
            self.nonces.append(private.nonce(self._secret, int(number)))
            self.texts.append(text)
        return len(data)
