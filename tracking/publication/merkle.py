"""Hash trees as RFC 6962 has them, grown leaf by leaf in memory that does not grow with them."""

from collections.abc import Sequence
from hashlib import sha256

EMPTY = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree of leaves that come one after the other; it keeps one hash for each bit of their number."""

    def __init__(self) -> None:
        self.size = 0
        self._whole: list[bytes] = []  # roots of perfect trees, the largest first

    def add(self, data: bytes) -> None:
        """The next leaf's content."""
        self.add_hash(sha256(b"\x00" + data).digest())

    def add_hash(self, digest: bytes) -> None:
        """The next leaf, or the root of a perfect tree as large as all the others that are added."""
        merged = self.size
        while merged & 1:
            digest = sha256(b"\x01" + self._whole.pop() + digest).digest()
            merged >>= 1
        self._whole.append(digest)
        self.size += 1

    def root(self) -> bytes:
        """The root of what was added so far."""
        if not self._whole:
            return EMPTY
        root = self._whole[-1]
        for left in reversed(self._whole[:-1]):
            root = node_hash(left, root)
        return root


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root over leaves of which the hashes are known."""
    tree = Tree()
    for digest in hashes:
        tree.add_hash(digest)
    return tree.root()


def path_of(hashes: Sequence[bytes], index: int) -> list[bytes]:
    """The inclusion proof of one leaf: the hashes beside its way up, the lowest first."""
    if len(hashes) == 1:
        return []
    split = 1 << ((len(hashes) - 1).bit_length() - 1)
    if index < split:
        return [*path_of(hashes[:split], index), root_of(hashes[split:])]
    return [*path_of(hashes[split:], index - split), root_of(hashes[:split])]


def root_by_path(digest: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that a leaf's hash and its path lead to; None if the path is not of this index and size."""
    last, steps = size - 1, list(path)
    if not 0 <= index < size:
        return None
    while last > 0:
        if index & 1 or index < last:
            if not steps:
                return None
            beside = steps.pop(0)
            digest = node_hash(beside, digest) if index & 1 else node_hash(digest, beside)
        index, last = index >> 1, last >> 1
    return None if steps else digest
