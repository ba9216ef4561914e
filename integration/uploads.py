"""Files that came through the admin, kept sealed on disk for as long as they wait: var/uploads/<random>/<number>.

A file is its sealed key, then blocks sealed under that key, so that it can be written as it comes and read at
any place, by the worker and the processes that it forks. A NIK never lies on a disk in the clear.
"""

import os
import re
import secrets
import shutil
import time
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from tracking import sealing

from .feed import UnreadableFile, errors

MOST_BYTES = 2 * 2**30
FIELD = b"upload"
_BLOCK = 256 * 1024
_SEALED_BLOCK = _BLOCK + 16
_LENGTH = 2
_LONG_NUMBER = re.compile(r"\d{12,}")
_NAME_MOST = 100


def root() -> Path:
    """The folder of all uploads; nobody else may look into it."""
    folder = Path(settings.MEDIA_ROOT)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def shown_name(name: str) -> str:
    """A file's name as it may be kept and shown: short, printable, without what could be a NIK."""
    name = "".join(c for c in Path(name.replace("\\", "/")).name if c.isprintable())
    return _LONG_NUMBER.sub("…", name)[-_NAME_MOST:] or "berkas"


class Upload:
    """The files of one upload, while they are being written."""

    def __init__(self) -> None:
        self.key = secrets.token_urlsafe(24)
        self.folder = root() / self.key
        self.folder.mkdir(mode=0o700)
        self.names: list[str] = []
        self.size = 0

    def new_file(self, name: str) -> "Writer":
        self.names.append(shown_name(name))
        return Writer(self.folder / str(len(self.names)))


class Writer:
    """Seals what it is given, block by block."""

    def __init__(self, path: Path) -> None:
        key = AESGCM.generate_key(bit_length=256)
        self._aead = AESGCM(key)
        self._blocks = 0
        self._tail = bytearray()
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        sealed = sealing.seal(key, FIELD)
        self._put(len(sealed).to_bytes(_LENGTH, "big") + sealed)

    def write(self, data: bytes) -> None:
        self._tail += data
        while len(self._tail) >= _BLOCK:
            self._flush(_BLOCK)

    def close(self) -> None:
        """Nothing more comes; OSError if the disk could not take it all."""
        if self._descriptor < 0:
            return
        try:
            if self._tail:
                self._flush(len(self._tail))
        finally:
            os.close(self._descriptor)
            self._descriptor = -1

    def abandon(self) -> None:
        """It stopped in the middle."""
        self._tail.clear()
        self.close()

    def _flush(self, length: int) -> None:
        sealed = self._aead.encrypt(_nonce(self._blocks), bytes(self._tail[:length]), None)
        del self._tail[:length]
        self._blocks += 1
        self._put(sealed)

    def _put(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]


class SealedFile:
    """An uploaded file as a source of the feed."""

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        try:
            self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            self._descriptor = -1
            raise gone(name) from error
        length = int.from_bytes(os.pread(self._descriptor, _LENGTH, 0), "big")
        self._start = _LENGTH + length
        try:
            key = sealing.unseal(os.pread(self._descriptor, length, _LENGTH), FIELD)
        except sealing.CannotUnseal as error:
            raise gone(name) from error
        self._aead = AESGCM(key)
        held = os.fstat(self._descriptor).st_size - self._start
        self.size = held - -(-held // _SEALED_BLOCK) * 16

    def read_at(self, offset: int, length: int) -> bytes:
        end = min(offset + length, self.size)
        if end <= offset:
            return b""
        first, last = offset // _BLOCK, (end - 1) // _BLOCK
        plain = b"".join(map(self._block, range(first, last + 1)))
        return plain[offset - first * _BLOCK : end - first * _BLOCK]

    def _block(self, number: int) -> bytes:
        sealed = os.pread(self._descriptor, _SEALED_BLOCK, self._start + number * _SEALED_BLOCK)
        try:
            return self._aead.decrypt(_nonce(number), sealed, None)
        except (InvalidTag, ValueError) as error:
            raise UnreadableFile(
                errors.CHANGED, f"{self.name} rusak di penyimpanan. Unggah lagi dari awal."
            ) from error

    def check_unchanged(self) -> None:
        """A block that somebody changed does not open."""

    def __del__(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)


def open_upload(key: str, names: list[str]) -> list[SealedFile]:
    """The files of an upload; UnreadableFile if they are no longer there."""
    folder = root() / key
    return [SealedFile(folder / str(number), name) for number, name in enumerate(names, 1)]


def remove(key: str) -> None:
    """An upload is over."""
    if key:
        shutil.rmtree(root() / key, ignore_errors=True)


def remove_forgotten(waiting: set[str], older_than: float) -> None:
    """Remove uploads that nobody waits for and nobody is still writing (seconds since the last change)."""
    for folder in root().iterdir():
        try:
            if folder.name not in waiting and time.time() - _touched(folder) > older_than:
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue


def gone(name: str) -> UnreadableFile:
    return UnreadableFile(
        errors.NOT_FOUND, f"{name} tidak ada lagi di penyimpanan. Unggah lagi; tidak ada yang berubah."
    )


def _touched(folder: Path) -> float:
    return max(path.stat().st_mtime for path in (folder, *folder.iterdir()))


def _nonce(number: int) -> bytes:
    # every file has a key of its own and writes each block once
    return number.to_bytes(12, "big")
