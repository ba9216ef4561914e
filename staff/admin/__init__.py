"""Staff pages of this room: accounts and the access log; and the base of every room's pages."""

from . import access, users

__all__ = ["access", "users"]
