"""The work of division and printing on the staff site's front page, with its age."""

from collections.abc import Iterable

from django.db.models import Min
from django.urls import reverse
from django.utils.translation import gettext as _

from staff.models import User
from staff.site import Work, site
from tracking.models import Block
from tracking.stages import BlockReason

from ..ledger import ACCOUNT, Place
from ..models import Account, Late
from ..queries.printing import Queue, open_batches, open_rejects, queues

LOW = 50  # blanks: half a batch, so that the next one comes out short


def waiting(user: User) -> Iterable[Work]:
    """What is to be divided and printed, what has stopped, and what somebody must look into."""
    if not user.has_perm("blanks.view_printbatch"):
        return
    every = queues()
    yield from _blanks(every)
    yield from _batches()
    blocks = Block.objects.filter(reason=BlockReason.PRINTED_ELSEWHERE, lifted_at__isnull=True)
    yield Work(
        _("Dicetak di tempat lain?"),
        blocks.count(),
        blocks.aggregate(oldest=Min("at"))["oldest"],
        f"{reverse('admin:tracking_block_changelist')}?sebab={BlockReason.PRINTED_ELSEWHERE}",
    )


def _blanks(every: list[Queue]) -> Iterable[Work]:
    division, printing = reverse("admin:blanks_division"), reverse("admin:blanks_printing")
    store = Account.objects.get(pk=ACCOUNT[Place.STORE]).balance
    need = sum(max(queue.waiting - queue.quota, 0) for queue in every)
    yield Work(_("Siap dibagi (blanko)"), min(store, need), None, division)
    yield Work(_("Siap cetak (kartu)"), sum(queue.printable for queue in every), None, printing)
    low = sum(0 < queue.quota < min(LOW, queue.waiting) for queue in every)
    yield Work(_("Jatah hampir habis (kecamatan)"), low, None, printing)
    without = sum(queue.waiting > 0 and not queue.quota for queue in every)
    yield Work(_("Ada antrean, tanpa blanko (kecamatan)"), without, None, division)


def _batches() -> Iterable[Work]:
    opened = open_batches()
    oldest = opened.aggregate(oldest=Min("at"))["oldest"]
    batches = reverse("admin:blanks_printbatch_changelist")
    yield Work(_("Tumpukan belum selesai"), opened.count(), oldest, f"{batches}?keadaan=terbuka")
    rejects = open_rejects()
    oldest = rejects.aggregate(oldest=Min("at"))["oldest"]
    yield Work(_("Hasil cetak ditolak"), rejects.count(), oldest, f"{batches}?keadaan=ditolak")
    late = Late.objects.filter(settled_at__isnull=True)
    oldest = late.aggregate(oldest=Min("at"))["oldest"]
    yield Work(_("Hasil terlambat"), late.count(), oldest, reverse("admin:blanks_late"))


site.waits(waiting)
