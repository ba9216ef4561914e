"""Reads a body as it comes: unpacked, counted, hashed and sealed piece by piece, and no further than it may go.

What is small stays in memory; the rest goes, sealed, to where the worker finds it.
"""

import errno
import hashlib
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from gunicorn.http.errors import ParseException

from .. import uploads
from ..feed.feed import ALONE_UP_TO
from .problems import Kind, Problem

MOST_BYTES = 20_000_000  # unpacked
NAME = "kiriman"
_PIECE = 1 << 16
_GZIP = 31  # the largest window, in gzip's wrapping
_STALLS = 10.0  # seconds without a byte
_ALTOGETHER = 120.0  # seconds for a whole body


class Body:
    """What came: its hash, and either all of it or the upload that it went to."""

    def __init__(self, words: str, media_type: str) -> None:
        # keyed with what only the partner has: a stolen table does not tell what was sent
        self._hash = hashlib.blake2b(media_type.encode(), key=key_of(words), digest_size=16)
        self.size = 0
        self.data = bytearray()
        self.upload: uploads.Upload | None = None
        self._writer: uploads.Writer | None = None

    @property
    def hash(self) -> UUID:
        return UUID(bytes=self._hash.digest())

    def add(self, piece: bytes, keep: bool) -> None:
        self.size += len(piece)
        if self.size > MOST_BYTES:
            raise Problem(Kind.TOO_BIG)
        self._hash.update(piece)
        if keep:
            self._keep(piece)

    def close(self) -> None:
        if self._writer:
            self._writer.close()

    def to_upload(self) -> uploads.Upload:
        """Have it where the worker finds it."""
        if self.upload is None:
            self.upload = uploads.Upload()
            self._writer = self.upload.new_file(NAME)
            self._writer.write(bytes(self.data))
        self.close()
        self.upload.size = self.size
        return self.upload

    def forget(self) -> None:
        """It is not wanted."""
        if self._writer:
            self._writer.abandon()
        if self.upload:
            uploads.remove(self.upload.key)
            self.upload = None

    def _keep(self, piece: bytes) -> None:
        if self._writer is None:
            self.data += piece
            if len(self.data) <= ALONE_UP_TO:
                return
            self.upload = uploads.Upload()
            self._writer = self.upload.new_file(NAME)
            piece, self.data = bytes(self.data), bytearray()
        self._writer.write(piece)


class Held:
    """A body in memory as a source of the feed."""

    name = NAME

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.size = len(data)

    def read_at(self, offset: int, length: int) -> bytes:
        return self._data[offset : offset + length]

    def check_unchanged(self) -> None:
        """Nobody else has it."""


def key_of(words: str) -> bytes:
    """The key under which what a token sends is hashed."""
    return hashlib.blake2b(words.encode(), digest_size=32, person=b"ektp delivery").digest()


def receive(request: HttpRequest, body: Body, *, keep: bool, alive: Callable[[], None]) -> None:
    """Read the body; without `keep` only its hash is wanted. `alive` is called between two pieces."""
    packed = request.headers.get("Content-Encoding", "").strip().lower() == "gzip"
    try:
        with patience(request, _STALLS):
            for piece in _unpacked(request, alive) if packed else _pieces(request, alive):
                body.add(piece, keep)
        body.close()
    except TimeoutError:
        raise Problem(Kind.TOO_SLOW) from None
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise Problem(Kind.STORAGE_FULL) from None
        raise Problem(Kind.BODY_CUT) from None


@contextmanager
def patience(request: HttpRequest, seconds: float) -> Iterator[None]:
    """Wait no longer than this for a byte: a sender that stalls must not keep a web worker."""
    connection: Any = request.META.get("gunicorn.socket")
    if connection is None:
        yield
        return
    before = connection.gettimeout()
    connection.settimeout(min(seconds, before or seconds))
    try:
        yield
    finally:
        try:
            connection.settimeout(before)
        except OSError:
            pass  # closed meanwhile


def _pieces(request: HttpRequest, alive: Callable[[], None]) -> Iterator[bytes]:
    """The body as it was sent. Shorter than promised is cut, whoever cut it."""
    promised = _promised(request)
    until, came = time.monotonic() + _ALTOGETHER, 0
    for piece in _raw(request):
        came += len(piece)
        alive()
        if time.monotonic() > until:
            raise TimeoutError
        yield piece
    if promised is not None and came < promised:
        raise Problem(Kind.BODY_CUT)


def _raw(request: HttpRequest) -> Iterator[bytes]:
    # a body in chunks has no length, and Django would read none of it
    stream: Any = request.META["wsgi.input"] if _is_chunked(request) else request
    try:
        while piece := stream.read(_PIECE):
            yield piece
    except ParseException:  # chunks that are none
        raise Problem(
            Kind.BODY_CUT, "Isi berpotongan (chunked) rusak. Kirim lagi dengan kunci yang sama."
        ) from None


def _unpacked(request: HttpRequest, alive: Callable[[], None]) -> Iterator[bytes]:
    """One or several members of gzip, a piece at a time, however much a piece unpacks to."""
    opened = zlib.decompressobj(_GZIP)
    begun = False
    try:
        for left in _pieces(request, alive):
            packed = left
            while packed:
                if opened.eof:
                    opened = zlib.decompressobj(_GZIP)
                piece = opened.decompress(packed, _PIECE)
                begun = True
                packed = opened.unused_data if opened.eof else opened.unconsumed_tail
                if piece:
                    yield piece
        while not opened.eof and (piece := opened.decompress(opened.unconsumed_tail, _PIECE)):
            yield piece
    except zlib.error:
        raise Problem(Kind.BODY_DAMAGED) from None
    if not begun or not opened.eof:
        raise Problem(Kind.BODY_DAMAGED, "Isi gzip terpotong. Kempa ulang berkas, lalu kirim lagi.")


def _promised(request: HttpRequest) -> int | None:
    if _is_chunked(request):
        return None
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _is_chunked(request: HttpRequest) -> bool:
    coding = request.META.get("HTTP_TRANSFER_ENCODING", "").lower()
    return coding == "chunked" and bool(request.META.get("wsgi.input_terminated"))
