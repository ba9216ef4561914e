"""Staff pages of this room: accounts, their second step and the access log; and the base of every room's pages."""

from . import access, second_step, users

__all__ = ["access", "second_step", "users"]
