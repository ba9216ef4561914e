"""Codes of cards: short, typed by hand or read by a scanner, `K00A3QX`. What they are told apart by is checked.

The number of the card in 31 signs without those that look alike, then a check sign. 31 is a prime, so every
single wrong sign and every two that changed places is found. A code opens nothing: staff use it where the
card itself lies before them.
"""

SIGNS = "0123456789ABCDEFGHJKMNPQRTVWXYZ"
BEGINS = "K"
SHORTEST = 5
LONGEST = 13  # a bigint
_BASE = len(SIGNS)
_VALUE = {sign: value for value, sign in enumerate(SIGNS)} | {"O": 0, "I": 1, "L": 1, "S": 5}
_APART = str.maketrans("", "", " -.\t")


class NoCode(ValueError):
    """Kode kartu ini keliru. Periksa huruf dan angkanya di lembar cetak."""

    def __str__(self) -> str:
        return self.__doc__ or ""


def encode(card_id: int) -> str:
    """The code of a card."""
    signs = ""
    rest = card_id
    while rest:
        rest, value = divmod(rest, _BASE)
        signs = SIGNS[value] + signs
    signs = signs.rjust(SHORTEST, SIGNS[0])
    return f"{BEGINS}{signs}{SIGNS[_check(signs)]}"


def decode(text: str) -> int:
    """The card that a code means, or NoCode. Small letters, gaps and signs that look alike are understood."""
    code = text.strip().upper().translate(_APART)
    signs, check = code[1:-1], code[-1:]
    if not code.startswith(BEGINS) or not SHORTEST <= len(signs) <= LONGEST:
        raise NoCode
    if any(sign not in _VALUE for sign in code[1:]) or _VALUE[check] != _check(signs):
        raise NoCode
    card_id = 0
    for sign in signs:
        card_id = card_id * _BASE + _VALUE[sign]
    if card_id >= 1 << 63:
        raise NoCode
    return card_id


def _check(signs: str) -> int:
    # each place has a weight of its own, none of them 0 modulo the base
    return sum(_VALUE[sign] * weight for weight, sign in enumerate(reversed(signs), 2)) % _BASE
