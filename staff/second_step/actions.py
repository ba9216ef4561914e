"""Turning the second step on and off, and trying a code. What is done is told to whom it concerns (`acted`)."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Now
from django.dispatch import Signal
from django.utils import timezone

from .. import sealing
from ..actor import acting
from ..models import Authenticator, RecoveryCode, SecondStepAct, User
from . import codes

FIELD = b"authenticator"
SOURCE = "dua-langkah"
WRONG_IN_A_ROW = 5
PAUSE = timedelta(minutes=15)

acted = Signal()
"""Sent within the transaction with `act`, the SecondStepAct that has just been put on record."""


class Paused(Exception):
    """Five wrong codes in a row, from wherever: for 15 minutes no code of this person is looked at."""


class AlreadyOn(Exception):
    """Somebody has turned on this person's second step meanwhile: it needs that app's code now."""


def authenticator_of(user: User) -> Authenticator | None:
    """The app that this person logs in with; None: there is none."""
    return Authenticator.objects.filter(user=user).first()


def turn_on(user: User, secret: bytes, step: int) -> list[str]:
    """From now on this app's codes are asked for; the new recovery codes. Raises AlreadyOn."""
    with acting(by=user, source=SOURCE):
        try:
            with transaction.atomic():
                app = Authenticator.objects.create(
                    user=user, secret_sealed=sealing.seal(secret, FIELD), last_step=step
                )
        except IntegrityError:
            raise AlreadyOn from None
        _told(user, SecondStepAct.Act.ON)
        return _new_codes(app)


def replace(user: User, secret: bytes, step: int) -> list[str]:
    """Another phone instead of the one so far; the new recovery codes."""
    with acting(by=user, source=SOURCE):
        app = Authenticator.objects.select_for_update().get(user=user)
        app.secret_sealed = sealing.seal(secret, FIELD)
        app.last_step, app.tries, app.tried_at = step, 0, None
        app.since = timezone.now()  # the database says when
        app.save()
        _told(user, SecondStepAct.Act.REPLACED)
        return _new_codes(app)


def renew_codes(user: User) -> list[str]:
    """Ten new recovery codes; the old ones are worth nothing any more."""
    with acting(by=user, source=SOURCE):
        return _new_codes(Authenticator.objects.select_for_update().get(user=user))


def turn_off(user: User) -> None:
    """A password alone lets in again."""
    with acting(by=user, source=SOURCE):
        if _delete(user):
            _told(user, SecondStepAct.Act.OFF)


def reset(user: User, *, by: User | str, reason: str) -> bool:
    """A supervisor (or a command) takes away what a colleague has lost; False: there was nothing.

    Sessions of that person end. The database refuses it without a reason and from anybody else. ValueError: one's
    own is turned off, with a code.
    """
    if by == user:
        raise ValueError("one's own second step is turned off")
    with acting(by=by, source=SOURCE, reason=reason):
        done = _delete(user)
        if done:
            _told(user, SecondStepAct.Act.RESET)
        return done


def is_right(user: User, typed: str, at: float | None = None) -> bool:
    """Whether this is a code of the person's app or an unused one of the paper; it counts once. Raises Paused.

    Each try is booked as a wrong one before its answer is known, so a thousand at once are five, too.
    """
    _book_try(user)
    app = Authenticator.objects.get(user=user)
    right = _is_of_app(app, typed, at) or _is_on_paper(app, typed)
    if right:
        Authenticator.objects.filter(pk=app.pk).update(tries=0, tried_at=None)
    return right


def codes_left(user: User) -> int:
    return RecoveryCode.objects.filter(authenticator__user=user, used_at=None).count()


def history(user: User, limit: int = 20) -> list[SecondStepAct]:
    """What was done about this person's, newest first; `by` is the name of who did it."""
    acts = list(SecondStepAct.objects.filter(user_id=user.pk).order_by("-id")[:limit])
    people = {one.actor: str(one) for one in User.objects.filter(pk__in=_people(acts))}
    for act in acts:
        act.by = people.get(act.actor, act.actor)
    return acts


def _people(acts: list[SecondStepAct]) -> list[int]:
    return [int(act.actor.removeprefix("staff:")) for act in acts if act.actor.startswith("staff:")]


def _book_try(user: User) -> None:
    earlier = timezone.now() - PAUSE
    free = Q(tries__lt=WRONG_IN_A_ROW) | Q(tried_at__lt=earlier)
    tries = Case(When(tried_at__lt=earlier, then=Value(1)), default=F("tries") + 1)
    if not Authenticator.objects.filter(free, user=user).update(tries=tries, tried_at=Now()):
        raise Paused


def _is_of_app(app: Authenticator, typed: str, at: float | None) -> bool:
    step = codes.step_of(sealing.unseal(app.secret_sealed, FIELD), typed, at)
    if step is None:
        return False
    # whoever comes second with the same code, at the same moment too, changes no row
    taken = Authenticator.objects.filter(pk=app.pk, since=app.since, last_step__lt=step)
    return taken.update(last_step=step) == 1


def _is_on_paper(app: Authenticator, typed: str) -> bool:
    with acting(by=app.user, source=SOURCE):
        unused = app.codes.filter(code_hash=codes.hash_of(typed), used_at=None)
        used = unused.update(used_at=Now()) == 1
        if used:
            _told(app.user, SecondStepAct.Act.RECOVERY)
        return used


def _new_codes(app: Authenticator) -> list[str]:
    app.codes.all().delete()
    fresh = codes.new_recovery_codes()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(authenticator=app, code_hash=codes.hash_of(code)) for code in fresh
    )
    return fresh


def _delete(user: User) -> bool:
    app = Authenticator.objects.select_for_update().filter(user=user).first()
    if app:
        app.delete()
    return app is not None


def _told(user: User, act: SecondStepAct.Act) -> None:
    last = SecondStepAct.objects.filter(user_id=user.pk, act=act).latest("id")
    acted.send(sender=SecondStepAct, act=last)
