"""In which order letters were served on a day, and by which decree."""

from datetime import date, timedelta
from typing import NamedTuple

from tracking.models import LetterRule


class Rule(NamedTuple):
    """A rule with the days on which it held; `until` is None for the last one."""

    letters: str
    decree: str
    since: date
    until: date | None

    @property
    def order(self) -> str:
        return " → ".join(self.letters)

    def held_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


def rules() -> list[Rule]:
    """All rules, the newest first."""
    found: list[Rule] = []
    until: date | None = None
    for one in LetterRule.objects.order_by("-valid_from"):
        found.append(Rule(one.letters, one.decree, one.valid_from, until))
        until = one.valid_from - timedelta(days=1)
    return found


def rule_on(day: date) -> Rule | None:
    """The rule in force on a day; None before the first."""
    return next((rule for rule in rules() if rule.held_on(day)), None)
