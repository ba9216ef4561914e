"""Other people's connections, as the tests of the card's life have them."""

from tests.tracking.life.conftest import session

__all__ = ["session"]
