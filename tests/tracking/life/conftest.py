"""Fixtures of the card's life: other people's sessions, closed at the end of the test."""

from collections.abc import Callable, Iterator

import pytest

from .sessions import Session


@pytest.fixture
def session(committed: None) -> Iterator[Callable[..., Session]]:
    """Opens a session of somebody else, with real commits."""
    opened: list[Session] = []

    def open_one(actor: str = "test:office", role: str = "ektp_site") -> Session:
        opened.append(Session(actor, role))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()
