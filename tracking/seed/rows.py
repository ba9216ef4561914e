"""Lives as lines of COPY. Personal data is sealed here, as an intake does it."""

from collections.abc import Iterator
from typing import NamedTuple

from .. import nik, sealing
from .clock import Clock
from .life import Life
from .people import Person

TARGETS = {
    "citizen": "tracking_citizen (id, nik_index, nik_sealed, name, kelurahan_id, rw, rt, recorded_at,"
    " address_sealed, address_digest, phone_sealed, phone_digest)",
    "word": "tracking_centralword (citizen_id, code, central_from, central_until, row_digest, written_digest)",
    "card": "seed_card",
    "event": "seed_event",
    "fact": "seed_fact",
    "block": "seed_block",
}
NULL = r"\N"
UNKNOWN_ROW = 0
"""No feed row has been accepted from these people yet, so the first one that comes is read wholly."""


class Known(NamedTuple):
    """Somebody whose row is to be written, with what the centre said last."""

    life: Life
    person: Person
    said: tuple[str, int]


class Rows:
    """Lines by table, taken off from time to time by whoever copies them."""

    def __init__(self, clock: Clock, actors: dict[str, str]) -> None:
        self.clock, self.actors = clock, actors
        self.lines: dict[str, list[str]] = {table: [] for table in TARGETS}
        self._index = nik.indexers()[-1]
        self._seal_nik = sealing.sealer(nik.FIELD)
        self._sealers = {field: sealing.sealer(field) for field in (b"address", b"phone")}

    def __len__(self) -> int:
        return len(self.lines["event"])

    def take(self) -> Iterator[tuple[str, str]]:
        for table, lines in self.lines.items():
            if lines:
                yield TARGETS[table], "".join(lines)
                lines.clear()

    def add_person(self, known: Known) -> None:
        life, person, (code, at) = known
        text = self.clock.text
        said = text(at)
        self.lines["citizen"].append(
            f"{life.citizen}\t{self._index(person.nik.encode()).hex()}\t\\\\x{self._seal_nik(nik.packed(person.nik)).hex()}"
            f"\t{person.name}\t{person.kelurahan}\t{_or_null(person.rw)}\t{_or_null(person.rt)}"
            f"\t{text(life.recorded_at)}\t{self._sealed(b'address', person.address)}"
            f"\t{self._sealed(b'phone', person.phone)}\n"
        )
        self.lines["word"].append(f"{life.citizen}\t{code}\t{said}\t{said}\t{UNKNOWN_ROW}\t{UNKNOWN_ROW}\n")

    def add_life(self, life: Life) -> None:
        text, key, last = self.clock.text, life.key, life.last
        self.lines["card"].append(
            f"{key}\t{life.citizen}\t{life.kind}\t{life.stage}\t{text(last.since)}\t{last.code or NULL}"
            f"\t{text(life.requested_at)}\t{life.moved_to or life.kecamatan}\t{life.ticket_kecamatan or NULL}"
            f"\t{life.outside:d}\t{life.confirmed:d}\t{life.is_blocked:d}\t{text(life.steps[0].at)}\n"
        )
        events = self.lines["event"]
        for seq, step in enumerate(life.steps):
            left = NULL if step.left_outside is None else int(step.left_outside)
            events.append(
                f"{key}\t{seq}\t{step.from_stage or NULL}\t{step.to_stage}\t{text(step.at)}\t{text(step.since)}"
                f"\t{step.code or NULL}\t{self._actor(step.actor)}\t{step.reason}\t{step.source}\t{left}"
                f"\t{_or_null(step.undoes)}\n"
            )
        for fact in life.facts:
            source = f"batch:{self.clock.batch(fact.at)}"
            self.lines["fact"].append(f"{key}\t{fact.code}\t{text(fact.since)}\t{source}\t{text(fact.at)}\n")
        for block in life.blocks:
            central = NULL if block.central_at is None else text(block.central_at)
            lifted = (NULL, NULL, NULL)
            if block.lifted_at and block.lifted_by:
                lifted = (text(block.lifted_at), self._actor(block.lifted_by), "checked")
            self.lines["block"].append(
                f"{key}\t{block.reason}\t{block.source}\t{text(block.at)}\t{self._actor(block.actor)}"
                f"\t{block.code or NULL}\t{central}\t{central}\t" + "\t".join(lifted) + "\n"
            )

    def _actor(self, name: str) -> str:
        return self.actors.get(name, name)

    def _sealed(self, field: bytes, value: str) -> str:
        if not value:
            return f"{NULL}\t{NULL}"
        plain = value.encode()
        return f"\\\\x{self._sealers[field](plain).hex()}\t{sealing.digest64(plain)}"


def _or_null(value: int | None) -> int | str:
    return NULL if value is None else value
