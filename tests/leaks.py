"""Reads every log line and every answer of the suite: a whole NIK in one of them fails the test that caused it."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.test import Client

from tracking import nik

SIXTEEN = re.compile(r"(?<![\w.])\d{16}(?![\w.])")
# The one page that shows a whole NIK, after its reason is on record.
REVEALS = re.compile(r"/admin/tracking/card/\d+/nik/$")


def niks_in(text: str) -> list[str]:
    """The possible NIKs in it: not every sixteen digits are one."""
    found = []
    for number in SIXTEEN.findall(text):
        try:
            found.append(nik.parse(number))
        except nik.NikError:
            continue
    return found


class Reader(logging.Handler):
    """Keeps the log lines that no log may have."""

    def __init__(self) -> None:
        super().__init__()
        self.leaks: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        line = self.format(record)
        if niks_in(line):
            self.leaks.append(line)


@contextmanager
def reading_logs() -> Iterator[Reader]:
    reader = Reader()
    logging.getLogger().addHandler(reader)
    try:
        yield reader
    finally:
        logging.getLogger().removeHandler(reader)


@contextmanager
def reading_answers() -> Iterator[None]:
    """Every answer to Django's test client: its headers always, its body where it is a page."""
    ask = Client.request

    def request(self: Client, **environ: Any) -> Any:
        response = ask(self, **environ)
        said = " ".join(f"{name}: {value}" for name, value in response.headers.items())
        is_page = response.headers.get("Content-Type", "").startswith("text/html") and not response.streaming
        if is_page and not REVEALS.match(environ.get("PATH_INFO", "")):
            said += response.content.decode(errors="replace")
        if response.status_code == 422:  # a refused form gives back to its sender what they typed
            for typed in response.wsgi_request.POST.values():
                said = said.replace(typed, "")
        assert not niks_in(said), f"a NIK in the answer of {environ.get('PATH_INFO')}"
        return response

    Client.request = request  # type: ignore[method-assign]
    try:
        yield
    finally:
        Client.request = ask  # type: ignore[method-assign]


def check_file(path: Path) -> None:
    """The log of a process of its own."""
    if path.exists():
        found = niks_in(path.read_text(errors="replace"))
        assert not found, f"{len(found)} NIKs in {path.name}"
