"""The invented city that is damaged here."""

from ..seed.conftest import city

__all__ = ["city"]
