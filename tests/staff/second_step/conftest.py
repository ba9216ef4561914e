"""Fixtures of two-step log-in."""

from .phones import clock

__all__ = ["clock"]
