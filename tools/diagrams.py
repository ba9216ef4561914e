"""Prints the diagrams of docs/design.md from the code: `python tools/diagrams.py --write` puts them there."""

import sys
import tomllib
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
PAGE = ROOT / "docs" / "design.md"


def life() -> str:
    """A card's life, from the table of legal steps; every stage but a final one may also be cancelled."""
    from tracking.stages import FINAL, STEPS, Stage

    pairs = dict.fromkeys((step.from_stage, step.to_stage) for step in STEPS)
    arrows = [f"    {a.value} --> {b.value}" for a, b in pairs if b != Stage.CANCELLED]
    ends = [f"    {stage.value} --> [*]" for stage in FINAL]
    return "\n".join(["```mermaid", "stateDiagram-v2", "    [*] --> RECORDED", *arrows, *ends, "```"])


def rooms() -> str:
    """The rooms and which may import which, from the contract of the import linter."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = [[room.strip() for room in layer.split("|")] for layer in contracts[0]["layers"]]
    arrows = [
        f"    {above} --> {below}" for upper, lower in pairwise(layers) for above in upper for below in lower
    ]
    return "\n".join(["```mermaid", "graph TD", *arrows, "```"])


def written(page: str) -> str:
    """The page with today's diagrams between their marks."""
    for name, diagram in (("life", life()), ("rooms", rooms())):
        before, rest = page.split(f"<!-- {name} -->\n")
        page = f"{before}<!-- {name} -->\n{diagram}\n<!-- /{name} -->{rest.split(f'<!-- /{name} -->')[1]}"
    return page


if __name__ == "__main__":
    if "--write" in sys.argv:
        PAGE.write_text(written(PAGE.read_text()))
    else:
        print(life(), rooms(), sep="\n\n")
