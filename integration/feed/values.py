"""The small values of a feed: text without apostrophe and clutter, RT and RW."""

import re
from unicodedata import normalize

from tracking.nik import BLANKS, INVISIBLE

_CLUTTER = re.compile(f"[{INVISIBLE}]")
_NUMBER = re.compile(r"[0-9]{1,3}")
_UNKNOWN = frozenset({"", "-", "0", "00", "000"})


def bare(text: str) -> str:
    """A cell without surrounding spaces, invisible characters and a leading apostrophe."""
    return text.strip(BLANKS).removeprefix("'").strip(BLANKS)


def tidied(text: str) -> str:
    """Free text on one line: bare, single spaces, nothing that can't be seen."""
    text = bare(text)
    if not (text.isascii() and text.isprintable()):
        text = "".join(map(_seen, normalize("NFC", _CLUTTER.sub("", text))))
    return " ".join(text.split())


def optional(text: str) -> str:
    """An address or a number; a lone hyphen stands for none."""
    text = tidied(text)
    return "" if text == "-" else text


def _seen(character: str) -> str:
    return character if character.isprintable() else " "


def are_tidy(texts: str) -> bool:
    """Whether tidied() would change none of the texts between bars. Quick; may say no though it would not."""
    return (
        texts.isprintable()
        and texts.isascii()
        and "  " not in texts
        and "| " not in texts
        and " |" not in texts
        and "|'" not in texts
        and "|-|" not in texts
    )


def is_blank(cells: list[str]) -> bool:
    return not any(cell.strip(BLANKS) for cell in cells)


def neighbourhood(text: str) -> int | None:
    """RT or RW: 1-3 digits; None where it is unknown; ValueError."""
    text = bare(text)
    if text in _UNKNOWN:
        return None
    if not _NUMBER.fullmatch(text):
        raise ValueError
    return int(text)
