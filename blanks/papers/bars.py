"""The code of a card as Code 128 bars: on paper as a drawing, on the screen as a path of an SVG."""

from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.units import mm
from reportlab.platypus import Flowable


def drawn(code: str) -> Flowable:
    """For a cell of a PDF."""
    return Code128(code, barHeight=8 * mm, barWidth=0.3 * mm, quiet=False)


def path(code: str) -> tuple[str, int]:
    """The `d` of an SVG path one unit high, and how many units it is wide."""
    bars = Code128(code)
    bars.validate()
    bars.encode()
    bars.decompose()
    parts, at = [], 0
    for sign in bars.decomposed:
        width = ord(sign.upper()) - ord("A") + 1
        if sign.isupper():
            parts.append(f"M{at} 0h{width}v1h-{width}z")
        at += width
    return "".join(parts), at
