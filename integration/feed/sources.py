"""Where the bytes of a feed come from. Every source can be read again, and at any place.

What can't (standard input, an upload in memory) is spooled to a file that has no name and is sealed with a
key that only this process knows: a NIK never lies on a disk in the clear.
"""

import io
import os
import stat
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Protocol

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from . import errors
from .errors import UnreadableFile

FILE_MAX = 16 * 2**30
Given = str | os.PathLike[str] | BinaryIO
_BLOCK = 256 * 1024
_SEALED_BLOCK = _BLOCK + 16


class Source(Protocol):
    """Bytes that can be read at any place, also by a forked process."""

    name: str
    size: int

    def read_at(self, offset: int, length: int) -> bytes: ...

    def check_unchanged(self) -> None: ...


def open_source(given: Given) -> Source:
    """A path, `-` for standard input, or an open binary file."""
    if given == "-":
        return spooled(sys.stdin.buffer, "masukan standar")
    if isinstance(given, str | os.PathLike):
        try:
            descriptor = os.open(given, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise UnreadableFile(
                errors.NOT_FOUND, f"{given}: tidak bisa dibuka ({os.strerror(error.errno or 0)})."
            ) from error
        return _opened(descriptor, Path(given).name)
    name = Path(str(getattr(given, "name", "") or "unggahan")).name
    try:
        descriptor = os.dup(given.fileno())
    except (OSError, AttributeError, io.UnsupportedOperation):
        if given.seekable():
            given.seek(0)
        return spooled(given, name)
    return _opened(descriptor, name)


def _opened(descriptor: int, name: str) -> Source:
    source = PlainFile(descriptor, name)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return source
    try:
        with open(descriptor, "rb", closefd=False) as pipe:
            return spooled(pipe, name)
    except OSError as error:  # a folder
        raise UnreadableFile(errors.NOT_TEXT, f"{name} bukan berkas.") from error


class PlainFile:
    """A file on disk, read where it lies."""

    def __init__(self, descriptor: int, name: str) -> None:
        self._descriptor = descriptor
        self.name = name
        self._found = self._state()
        self.size = self._found[0]

    def read_at(self, offset: int, length: int) -> bytes:
        length = min(length, self.size - offset)
        pieces = []
        while length > 0:
            piece = os.pread(self._descriptor, length, offset)
            if not piece:
                raise self._changed()
            pieces.append(piece)
            offset += len(piece)
            length -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def check_unchanged(self) -> None:
        if self._state() != self._found:
            raise self._changed()

    def _state(self) -> tuple[int, int]:
        found = os.fstat(self._descriptor)
        return found.st_size, found.st_mtime_ns

    def _changed(self) -> UnreadableFile:
        return UnreadableFile(
            errors.CHANGED,
            f"{self.name} berubah selagi dibaca. Tunggu sampai selesai ditulis lalu kirim lagi.",
        )

    def __del__(self) -> None:
        os.close(self._descriptor)


class SealedSpool:
    """A file without a name, sealed block by block; written once from the beginning, then read anywhere."""

    def __init__(self, name: str = "") -> None:
        self.name = name
        self.size = 0
        with tempfile.TemporaryFile(prefix="feed-", buffering=0) as file:
            self._descriptor = os.dup(file.fileno())
        self._blocks = 0
        self._aead = AESGCM(AESGCM.generate_key(bit_length=256))
        self._tail = b""

    def write(self, data: bytes) -> None:
        """Append."""
        self.size += len(data)
        self._tail += data
        while len(self._tail) >= _BLOCK:
            self._flush(_BLOCK)

    def close(self) -> None:
        """Nothing more comes."""
        if self._tail:
            self._flush(len(self._tail))

    def _flush(self, length: int) -> None:
        sealed = memoryview(self._aead.encrypt(_nonce(self._blocks), self._tail[:length], None))
        self._tail = self._tail[length:]
        self._blocks += 1
        while sealed:
            sealed = sealed[os.write(self._descriptor, sealed) :]

    def read_at(self, offset: int, length: int) -> bytes:
        end = min(offset + length, self.size)
        if end <= offset:
            return b""
        first, last = offset // _BLOCK, (end - 1) // _BLOCK
        plain = b"".join(map(self._block, range(first, last + 1)))
        return plain[offset - first * _BLOCK : end - first * _BLOCK]

    def _block(self, number: int) -> bytes:
        sealed = os.pread(self._descriptor, _SEALED_BLOCK, number * _SEALED_BLOCK)
        return self._aead.decrypt(_nonce(number), sealed, None)

    def check_unchanged(self) -> None:
        """Nobody else can write it."""

    def __del__(self) -> None:
        os.close(self._descriptor)


def _nonce(number: int) -> bytes:
    # every spool has a key of its own and writes each block once
    return number.to_bytes(12, "big")


def spooled(stream: BinaryIO, name: str, limit: int = FILE_MAX) -> SealedSpool:
    """Everything that the stream gives, or UnreadableFile beyond the limit."""
    spool = SealedSpool(name)
    return filled(spool, lambda: stream.read(_BLOCK), limit)


def filled(spool: SealedSpool, read: Callable[[], bytes], limit: int = FILE_MAX) -> SealedSpool:
    try:
        while data := read():
            spool.write(data)
            if spool.size > limit:
                raise UnreadableFile(
                    errors.TOO_BIG, f"{spool.name}: lebih dari {limit:,} bita. Bagi menjadi beberapa berkas."
                )
        spool.close()
    except OSError as error:
        raise UnreadableFile(
            errors.INTERRUPTED,
            f"{spool.name}: berhenti di tengah ({os.strerror(error.errno or 0)}). Kirim lagi.",
        ) from error
    return spool


class SourceFile(io.RawIOBase):
    """A source as a seekable file, for zipfile."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = max(0, offset + (0, self._at, self._source.size)[whence])
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._source.read_at(self._at, len(buffer))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)
