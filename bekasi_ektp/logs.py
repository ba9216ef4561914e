"""No log line carries a NIK or a secret address: every record is cleaned where it is born.

Cleaning records rather than handlers reaches each handler there is, gunicorn's and the tests' too.
"""

import logging
import logging.config
import re
import sys
import traceback
from typing import Any

# Sixteen digits, however they are grouped. Longer runs too: a NIK glued to another number is still a NIK.
NIK = re.compile(r"(?<![\d])\d(?:[\s.\-_'’\u200b-\u200f\u2060\ufeff]{0,2}\d){15,}")
# These addresses open a page, or end the messages, to whoever has them.
TOKEN = re.compile(r"(/(?:status|tanda-terima|kurir|tunggu|berhenti)/)[^/\s\"'?#]+")


def clean(text: str) -> str:
    return TOKEN.sub(r"\1…", NIK.sub("[NIK]", text))


def name_typed(request: Any, credentials: dict[str, Any] | None = None) -> str:
    """The account's name as failed log-ins keep it: whoever typed a NIK there leaves none behind."""
    typed = (credentials or {}).get("username") or (request.POST.get("username") if request else "")
    return clean(typed or "")


class CleanRecord(logging.LogRecord):
    """A record whose message and traceback are cleaned."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.exc_info and self.exc_info[0]:
            self.exc_text = clean("".join(traceback.format_exception(*self.exc_info)).rstrip("\n"))
        if self.stack_info:
            self.stack_info = clean(self.stack_info)

    def getMessage(self) -> str:
        return clean(super().getMessage())


def install() -> None:
    """From now on every record and every uncaught exception of this process is cleaned."""
    logging.setLogRecordFactory(CleanRecord)
    sys.excepthook = _print_clean


def configure(config: dict[str, Any]) -> None:
    install()
    logging.config.dictConfig(config)


def _print_clean(kind: type[BaseException], error: BaseException, trace: Any) -> None:
    sys.stderr.write(clean("".join(traceback.format_exception(kind, error, trace))))
