"""The work with hand-overs on the staff site's front page."""

from collections.abc import Iterable

from django.db.models import Count, Min
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from staff.models import User
from staff.site import Work, site

from ..handovers import Leg, State
from ..models import Handover
from ..models.counter import PaperList
from ..queries import rounds
from ..queries.handovers import count_open, missing
from ..queries.packing import ready


def waiting(user: User) -> Iterable[Work]:
    """Cards to pack, hand-overs nobody has come for, and cards that got lost on the way, late ones by themselves."""
    if not user.has_perm("delivery.view_handover"):
        return
    listed = reverse("admin:delivery_handover_changelist")
    if user.has_perm("delivery.add_handover"):
        found = [one for one in ready() if one.cards]
        oldest = min((one.oldest for one in found if one.oldest), default=None)
        count = sum(one.cards for one in found)
        yield Work(_("Siap diserahkan (kartu)"), count, oldest, reverse("admin:delivery_packing"))
    called = Handover.objects.filter(state=State.CALLED, leg=Leg.TO_KECAMATAN)
    count, oldest = count_open(called)
    yield Work(_("Menunggu dijemput kecamatan (kartu)"), count, oldest, f"{listed}?keadaan={State.CALLED}")
    lost = missing(None)
    since = lost.aggregate(since=Min("at"))["since"]
    late = lost.filter(deadline__lt=timezone.localdate())
    yield Work(_("Hilang di perjalanan, dicari (kartu)"), lost.count(), since, f"{listed}?keadaan=missing")
    since = late.aggregate(since=Min("at"))["since"]
    yield Work(_("Hilang, lewat batas: bukukan (kartu)"), late.count(), since, f"{listed}?keadaan=missing")


def papers(user: User) -> Iterable[Work]:
    """Lists of papers taken back: to be received by an operator, then destroyed by a supervisor."""
    address = reverse("admin:delivery_papers")
    open_ = PaperList.objects.filter(destroyed_at__isnull=True)
    if user.has_perm("delivery.change_paperlist"):
        found = open_.filter(received_at__isnull=True).aggregate(n=Count("pk"), oldest=Min("at"))
        yield Work(_("Dokumen ditarik, belum diterima (daftar)"), found["n"], found["oldest"], address)
    if user.has_perm("delivery.change_listedpaper"):
        found = open_.filter(received_at__isnull=False).aggregate(n=Count("pk"), oldest=Min("received_at"))
        yield Work(_("Dokumen ditarik, musnahkan (daftar)"), found["n"], found["oldest"], address)


def from_rounds(user: User) -> Iterable[Work]:
    """Cards that couriers did not bring back, and contradictions passed on: both are a supervisor's to settle."""
    if not user.has_perm("delivery.change_handovercard"):
        return
    address = reverse("admin:delivery_rounds")
    found = rounds.missing(None).aggregate(n=Count("pk"), oldest=Min("missing_at"))
    yield Work(_("Tidak kembali dari kurir (kartu)"), found["n"], found["oldest"], f"{address}#missing")
    found = rounds.passed_on().order_by().aggregate(n=Count("pk"), oldest=Min("settled_at"))
    yield Work(_("Kiriman kurir, diteruskan petugas"), found["n"], found["oldest"], f"{address}#passed")


site.waits(waiting)
site.waits(from_rounds)
site.waits(papers)
