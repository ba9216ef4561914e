"""The rejected rows of a feed, kept out of memory and sealed: a whole file of them may be at fault."""

import json
import zlib
from collections import Counter
from collections.abc import Iterator

from .reasons import Fault, Reason
from .sources import SealedSpool

_LENGTH = 4


def packed(faults: list[Fault]) -> bytes:
    """Faults as bytes, to send from a worker and to keep."""
    if not faults:
        return b""
    return zlib.compress(json.dumps(faults, separators=(",", ":")).encode(), 1)


def unpacked(data: bytes) -> Iterator[Fault]:
    for file_no, line, reason, message, cells in json.loads(zlib.decompress(data)):
        yield Fault(file_no, line, Reason(reason), message, cells)


class FaultSpool:
    """Faults in the order of the rows; can be gone through more than once."""

    def __init__(self) -> None:
        self._spool = SealedSpool("penolakan")
        self.counts: Counter[Reason] = Counter()

    def __len__(self) -> int:
        return self.counts.total()

    def __bool__(self) -> bool:
        return len(self) > 0

    def add(self, data: bytes, counts: dict[Reason, int]) -> None:
        """What `packed` made."""
        self.counts.update(counts)
        if data:
            self._spool.write(len(data).to_bytes(_LENGTH, "big") + data)

    def close(self) -> None:
        self._spool.close()

    def __iter__(self) -> Iterator[Fault]:
        at = 0
        while at < self._spool.size:
            length = int.from_bytes(self._spool.read_at(at, _LENGTH), "big")
            yield from unpacked(self._spool.read_at(at + _LENGTH, length))
            at += _LENGTH + length
