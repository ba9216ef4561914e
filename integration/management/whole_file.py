"""A file that appears under its name whole, or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkstemp
from typing import IO


@contextmanager
def whole_file(path: Path) -> Iterator[IO[str]]:
    """Text for Excel; takes its name when the block ends well, until then what is there stays. May raise OSError.

    So it may be one of the files that are read meanwhile, and a refused call leaves the last one alone.
    """
    path = path.resolve()
    at_once = path.exists() and not path.is_file()  # a pipe; a folder says so by itself
    descriptor, beside = (-1, "") if at_once else mkstemp(dir=path.parent, prefix=".rejects-")
    file = open(path if at_once else descriptor, "w", encoding="utf-8-sig", newline="")  # noqa: SIM115
    try:
        yield file
        file.close()
        if not at_once:
            if path.exists():
                os.chmod(beside, path.stat().st_mode & 0o777)
            os.replace(beside, path)
    except BaseException:
        with suppress(OSError):  # a full disk says so again
            file.close()
        if not at_once:
            os.unlink(beside)
        raise
