"""An invented city whose custody is damaged here; and who damages it."""

from tests.blanks.verify.conftest import city
from tests.tracking.verify.conftest import vandal

__all__ = ["city", "vandal"]
