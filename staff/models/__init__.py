"""Accounts of staff, and the record of what staff looked at."""

from .access import AccessLog
from .user import User

__all__ = ["AccessLog", "User"]
