"""What stops a whole file. A fault of one row is no exception, see reasons.py."""


class UnreadableFile(Exception):
    """This file can't be read at all; nothing of the batch is applied. The message is for the operator."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return self.message


NO_HEADER = "no_header"
COLUMN_MISSING = "column_missing"
COLUMN_TWICE = "column_twice"
NOT_TEXT = "not_text"
ENCRYPTED = "encrypted"
DAMAGED = "damaged_file"
QUOTE_OPEN = "quote_open"
LINE_TOO_LONG = "line_too_long"
NO_ROWS = "no_rows"
NIKS_CUT = "niks_cut"
TOO_BIG = "too_big"
TOO_MANY_ROWS = "too_many_rows"
CHANGED = "changed"
NOT_FOUND = "not_found"
INTERRUPTED = "interrupted"
INTERNAL = "internal"
"""Ours, not the file's."""
