"""Sealed values and digests while keys change."""

import os
from collections.abc import Iterator

import pytest

from tracking import sealing


@pytest.fixture(autouse=True)
def keys(settings):
    settings.EKTP_SEAL_KEYS = [b"s" * 32]
    settings.EKTP_INDEX_KEYS = [b"i" * 32]
    return settings


def test_what_was_sealed_opens():
    assert sealing.unseal(sealing.seal(b"Jl. Juanda 5", b"address"), b"address") == b"Jl. Juanda 5"
    assert sealing.unseal(memoryview(sealing.seal(b"", b"address")), b"address") == b""


def test_the_same_value_is_never_sealed_alike():
    assert len({sealing.seal(b"08", b"phone") for _ in range(2000)}) == 2000


@pytest.mark.parametrize("blob", [b"", b"x", b"x" * 12, b"x" * 40])
def test_what_was_never_sealed_does_not_open(blob):
    with pytest.raises(sealing.CannotUnseal):
        sealing.unseal(blob, b"address")


def test_a_changed_byte_is_noticed():
    blob = bytearray(sealing.seal(b"Jl. Juanda 5", b"address"))
    for at in range(len(blob)):
        blob[at] ^= 1
        with pytest.raises(sealing.CannotUnseal):
            sealing.unseal(bytes(blob), b"address")
        blob[at] ^= 1


def test_old_values_open_after_a_new_key_was_put_first(keys):
    old = sealing.seal(b"08", b"phone")
    for n in range(300):  # among so many keys some share their one-byte name
        keys.EKTP_SEAL_KEYS = [n.to_bytes(32, "big"), b"s" * 32]
        assert sealing.unseal(old, b"phone") == b"08"
        assert sealing.unseal(sealing.seal(b"09", b"phone"), b"phone") == b"09"
    assert not sealing.is_sealed_with_newest(old, b"phone")
    assert sealing.is_sealed_with_newest(sealing.seal(b"08", b"phone"), b"phone")


def test_a_removed_key_opens_nothing(keys):
    old = sealing.seal(b"08", b"phone")
    keys.EKTP_SEAL_KEYS = [b"n" * 32]
    with pytest.raises(sealing.CannotUnseal):
        sealing.unseal(old, b"phone")


def test_a_digest_survives_a_new_key_and_tells_parts_apart(keys):
    digest = sealing.digest64(b"ab", b"c")
    assert -(2**63) <= digest < 2**63
    assert digest != sealing.digest64(b"a", b"bc")
    keys.EKTP_INDEX_KEYS = [b"n" * 32, b"i" * 32]
    assert sealing.digest64(b"ab", b"c") == digest
    keys.EKTP_INDEX_KEYS = [b"n" * 32]
    assert sealing.digest64(b"ab", b"c") != digest


def test_a_forked_process_draws_nonces_of_its_own():
    sealing.seal(b"", b"phone")
    nonces = {nonce for child in (in_a_child(), in_a_child()) for nonce in child}
    nonces |= {sealing.seal(b"", b"phone")[1:13] for _ in range(50)}
    assert len(nonces) == 150


def in_a_child() -> Iterator[bytes]:
    reader, writer = os.pipe()
    if not (pid := os.fork()):
        os.write(writer, b"".join(sealing.seal(b"", b"phone")[1:13] for _ in range(50)))
        os._exit(0)
    os.waitpid(pid, 0)
    os.close(writer)
    with open(reader, "rb") as file:
        drawn = file.read()
    return (drawn[at : at + 12] for at in range(0, len(drawn), 12))
