"""A row of results.json: ours, the peer's, and whether the goal holds."""

import json
import operator
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from .sizes import QUICK

PATH = Path(__file__).with_name("results.json")
_COMPARE: dict[str, Callable[[float, float], bool]] = {"≥": operator.ge, "≤": operator.le}


@dataclass(frozen=True)
class Row:
    """One figure. `goal` speaks of the ratio, or of ours where there is no peer."""

    name: str
    ours: float
    peer: float | None
    unit: str
    ratio: float | None
    goal: str
    holds: bool
    note: str


def row(
    name: str,
    ours: float,
    peer: float | None,
    unit: str,
    goal: str,
    note: str = "",
    *,
    of_ours: bool = False,
    holds: bool = True,
) -> Row:
    """A row whose goal (`≥ 0.8`) is kept by ours divided by the peer's, or by ours alone.

    `holds` is a further condition that must hold too.
    """
    ratio = ours / peer if peer else None
    sign, bound = goal.split(" ")[:2]
    measured = ours if of_ours or ratio is None else ratio
    kept = _COMPARE[sign](measured, float(bound)) and holds
    if QUICK:
        note = f"at a tenth of the size; {note}" if note else "at a tenth of the size"
    return Row(
        name,
        _short(ours),
        None if peer is None else _short(peer),
        unit,
        None if ratio is None else _short(ratio),
        goal,
        kept,
        note,
    )


def keep(rows: Sequence[Row]) -> None:
    """Put rows into the file, in the place of older ones with their names."""
    try:
        known = {one["name"]: one for one in json.loads(PATH.read_text())}
    except (OSError, ValueError):
        known = {}
    known |= {one.name: asdict(one) for one in rows}
    draft = PATH.with_suffix(".new")
    draft.write_text(json.dumps(list(known.values()), indent=1, ensure_ascii=False) + "\n")
    draft.replace(PATH)


def middle(values: Sequence[float]) -> float:
    return median(values)


def _short(value: float) -> float:
    """Four figures are more than was measured."""
    return float(f"{value:.4g}")
