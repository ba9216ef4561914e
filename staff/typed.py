"""What people type and addresses hold, read as a number in one way."""

BIGINT_DIGITS = 18
"""So many digits fit every key of the database."""


def number_in(text: str | None, digits: int = BIGINT_DIGITS) -> int | None:
    """The whole number that a text of at most so many plain digits is; None for anything else."""
    if text and len(text) <= digits and text.isascii() and text.isdigit():
        return int(text)
    return None
