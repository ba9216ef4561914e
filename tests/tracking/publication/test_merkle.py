"""The tree of RFC 6962, beside its definition written out."""

from hashlib import sha256

import pytest

from tracking.publication.merkle import EMPTY, Tree, leaf_hash, path_of, root_by_path, root_of


def defined(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + defined(leaves[:k]) + defined(leaves[k:])).digest()


LEAVES = [bytes([n]) * n for n in range(40)]


@pytest.mark.parametrize("size", range(40))
def test_the_root_is_as_defined(size: int) -> None:
    tree = Tree()
    for leaf in LEAVES[:size]:
        tree.add(leaf)
    assert tree.root() == defined(LEAVES[:size])


def test_of_nothing_it_is_the_hash_of_nothing() -> None:
    assert Tree().root() == EMPTY


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 33])
def test_every_leaf_has_a_path_to_the_root_and_to_no_other(size: int) -> None:
    hashes = [leaf_hash(leaf) for leaf in LEAVES[:size]]
    for index, digest in enumerate(hashes):
        path = path_of(hashes, index)
        assert root_by_path(digest, index, size, path) == root_of(hashes)
        assert root_by_path(leaf_hash(b"another"), index, size, path) != root_of(hashes)
        assert root_by_path(digest, index, size, [*path, digest]) is None
        assert root_by_path(digest, size, size, path) is None
    assert size == 1 or root_by_path(hashes[0], 0, size, []) is None
