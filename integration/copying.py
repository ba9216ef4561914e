"""COPY from a stream of chunks."""

from collections.abc import Iterable
from typing import Any

from .feed.copyformat import ChunkFile


class _Reader:
    """Remembers why reading failed: COPY would only say that it did."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self.file = ChunkFile(chunks)
        self.error: BaseException | None = None

    def read(self, size: int = 8192) -> bytes:
        try:
            return self.file.read(size)
        except BaseException as error:
            self.error = error
            raise


def copy_in(cursor: Any, table: str, chunks: Iterable[bytes]) -> int:
    """Copy a binary stream into the table; how many rows it had.

    Raises what reading the chunks raised: then the transaction is lost.
    """
    reader = _Reader(chunks)
    try:
        cursor.copy_expert(f"COPY {table} FROM STDIN (FORMAT binary)", reader, 1 << 18)
    except Exception:
        if reader.error:
            raise reader.error from None
        raise
    copied: int = cursor.rowcount
    return copied
