"""A card's history as one list: steps, what the centre said, blocks and notes; who, from where and why."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _

from staff.models import AccessLog, User
from staff.roles import Role

from ..models import Block, CentralFact, Event, Kecamatan, Note
from ..stages import BlockReason, LiftReason, Reason, Stage


class Entry(NamedTuple):
    """One line of the history. `since` is when it happened, if that is not when it was recorded."""

    at: datetime
    kind: str
    what: str
    who: str
    source: str
    why: str
    since: datetime | None = None


_also: list[Callable[[int], Iterable[Entry]]] = []


def also(find: Callable[[int], Iterable[Entry]]) -> Callable[[int], Iterable[Entry]]:
    """Decorator: another room says what it knows of a card's history."""
    _also.append(find)
    return find


def timeline(card_id: int, events: list[Event]) -> list[Entry]:
    """All of it, newest first."""
    blocks = list(Block.objects.filter(card_id=card_id))
    notes = list(Note.objects.filter(card_id=card_id))
    facts = list(CentralFact.objects.filter(card_id=card_id))
    actors = {e.actor for e in events} | {b.actor for b in blocks} | {n.actor for n in notes}
    who = names(actors | {b.lifted_by for b in blocks if b.lifted_by})
    entries = [_step(event, who) for event in reversed(events)]  # one moment: the later step first
    entries += [
        Entry(f.at, "fact", _("Pusat: %(code)s") % {"code": f.code}, _("pusat"), f.source, "", f.since)
        for f in facts
    ]
    entries += [Entry(n.at, "note", n.text, who[n.actor], "", "") for n in notes]
    for block in blocks:
        why = BlockReason(block.reason).label
        entries.append(Entry(block.at, "block", _("Diblokir"), who[block.actor], block.source, str(why)))
        if block.lifted_at and block.lifted_by and block.lift_reason:
            why = LiftReason(block.lift_reason).label
            entries.append(
                Entry(block.lifted_at, "lift", _("Blokir dicabut"), who[block.lifted_by], "", str(why))
            )
    entries += [entry for find in _also for entry in find(card_id)]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def names(actors: Iterable[str]) -> dict[str, str]:
    """Actors as people read them: `staff:5` is a person with a role, others what they call themselves."""
    known = set(actors)
    keys = {int(a.removeprefix("staff:")) for a in known if a.removeprefix("staff:").isdigit()}
    people = User.objects.prefetch_related("groups").in_bulk(keys) if keys else {}
    return {actor: _name(actor, people) for actor in known}


def with_places(looks: list[AccessLog]) -> list[AccessLog]:
    """Looks at a card, each with its office's name as `place`."""
    kecamatan = dict(Kecamatan.objects.values_list("id", "name"))
    for look in looks:
        kind, _sep, key = look.office.partition(":")
        name = kecamatan.get(int(key), key) if key.isdigit() else key
        place = f"{kind.capitalize()} {name}".rstrip()
        look.place = place  # type: ignore[attr-defined]
    return looks


def _name(actor: str, people: dict[int, User]) -> str:
    kind, _sep, key = actor.partition(":")
    if kind == "staff" and key.isdigit() and int(key) in people:
        person = people[int(key)]
        roles = [str(Role(g.name).label) for g in person.groups.all() if g.name in Role.values]
        return f"{person} ({', '.join(roles)})" if roles else str(person)
    if kind == "db":
        return _("basis data (%(role)s)") % {"role": key}
    if kind == "source":
        return _("kiriman %(source)s") % {"source": key}
    return actor


def _step(event: Event, who: dict[str, str]) -> Entry:
    to = Stage(event.to_stage).label
    if event.from_stage is None:
        what = _("Masuk: %(stage)s") % {"stage": to}
    elif event.corrects:
        what = _("Dibetulkan: kembali ke %(stage)s") % {"stage": to}
    else:
        what = f"{Stage(event.from_stage).label} → {to}"
    why = str(Reason(event.reason).label) if event.reason in Reason.values else event.reason
    why = ", ".join(filter(None, [why, event.code if event.code != event.reason else ""]))
    since = event.since if event.since != event.at else None
    kind = "correction" if event.corrects else "step"
    return Entry(event.at, kind, what, who[event.actor], event.source, why, since)
