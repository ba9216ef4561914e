"""Who changes something, why and from where: said to the database for one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from .models import User

# A person does not wait behind a running import: after this the answer is "coba lagi".
PATIENCE = "1s"

_SAID = ("ektp.actor", "ektp.source", "ektp.reason", "ektp.corrects", "lock_timeout")


@contextmanager
def acting(
    *,
    by: User | str,
    source: str,
    reason: str = "",
    corrects: int | None = None,
    using: str = DEFAULT_DB_ALIAS,
) -> Iterator[None]:
    """One transaction in which `by` acts: a person (who waits a second for a lock at most) or a name
    such as `source:siak`. `corrects` is the event that a correction undoes. Nested, the outer one's words
    come back at the end.
    """
    person = isinstance(by, User)
    said = {
        "ektp.actor": by.actor if isinstance(by, User) else by,
        "ektp.source": source,
        "ektp.reason": reason,
        "ektp.corrects": "" if corrects is None else str(corrects),
    } | ({"lock_timeout": PATIENCE} if person else {})
    nested = connections[using].in_atomic_block
    with transaction.atomic(using=using):
        before = _say(said, using)
        yield
        # outermost: the commit forgets; after an error: the rollback does
        if nested:
            _say(before, using)


def _say(said: dict[str, str], using: str) -> dict[str, str]:
    """Set these for the transaction; what they were."""
    names = [name for name in _SAID if name in said]
    was = ", ".join(["coalesce(current_setting(%s, true), '')"] * len(names))
    now = ", ".join(["set_config(%s, %s, true)"] * len(names))
    with connections[using].cursor() as cursor:
        # what stands first is answered first
        cursor.execute(
            f"SELECT {was}, {now}", [*names, *(word for name in names for word in (name, said[name]))]
        )
        return dict(zip(names, cursor.fetchone(), strict=False))
