"""Accounts of staff and the second step of their log-in, and the record of what staff looked at."""

from .access import AccessLog
from .second_step import Authenticator, RecoveryCode, SecondStepAct
from .user import User

__all__ = ["AccessLog", "Authenticator", "RecoveryCode", "SecondStepAct", "User"]
