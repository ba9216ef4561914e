"""The kinds of message, each given by the room that writes them."""

from collections.abc import Callable
from typing import Any, NamedTuple

from .channels import Outgoing

Render = Callable[[dict[str, Any]], Outgoing | None]


class Kind(NamedTuple):
    """What staff call it, and who says receiver and words when it is sent (None: no longer wanted)."""

    label: Any
    render: Render


_kinds: dict[str, Kind] = {}


def register(name: str, label: Any, render: Render) -> None:
    """A room says how its messages of this kind read; called from its AppConfig.ready."""
    _kinds[name] = Kind(label, render)


def kind(name: str) -> Kind:
    """KeyError: no room knows this kind (any more)."""
    return _kinds[name]


def label(name: str) -> str:
    """What staff call this kind."""
    known = _kinds.get(name)
    return str(known.label) if known else name
