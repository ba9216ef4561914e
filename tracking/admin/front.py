"""The work of this room on the staff site's front page."""

from collections.abc import Iterable

from django.db.models import Min, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from staff.models import User
from staff.scope import scope_of
from staff.site import Work, site

from ..models import StageCount
from ..queries.staff import blocks_visible_to
from ..stages import Stage


def waiting(user: User) -> Iterable[Work]:
    """Blocks, and how many cards stand where the office acts next. Figures are the counters' own."""
    if not user.has_perm("tracking.view_card"):
        return
    cards = reverse("admin:tracking_card_changelist")
    blocks = blocks_visible_to(user).filter(lifted_at__isnull=True)
    yield Work(
        _("Diblokir"),
        blocks.count(),
        blocks.aggregate(oldest=Min("at"))["oldest"],
        reverse("admin:tracking_block_changelist"),
    )
    counts = _counts(user)
    for stage in (Stage.HELD, Stage.DEDUPLICATING, Stage.WAITING_FOR_BLANK):
        yield Work(str(stage.label), counts.get(stage, 0), None, f"{cards}?tahap={stage}")


def _counts(user: User) -> dict[str, int]:
    rows = StageCount.objects.all()
    scope = scope_of(user)
    if scope.kecamatan is not None:
        rows = rows.filter(kecamatan_id=scope.kecamatan)
    return dict(rows.values("stage").annotate(sum=Sum("n")).values_list("stage", "sum"))


site.waits(waiting)
