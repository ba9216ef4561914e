"""Rounds: what waits to be divided, a new round from the addresses, and each round until it is counted."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Min
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from staff.access import looked
from staff.models import AccessLog
from staff.typed import number_in
from tracking.models import Card, Citizen, Kelurahan

from ..actions import round as actions
from ..models import Courier, Round, State
from ..models.round import MOST_CARDS
from ..queries import rounds as queries
from .frame import a_request, away, officer, own, page, person, request_of
from .queues import MOST_COUNTED, Queue, queue


@require_safe
@officer
def walks(request: HttpRequest) -> HttpResponse:
    """Rounds that are not closed, and what waits for one. For the kecamatan's officers."""
    found = list(queries.open_rounds(own(request)))
    silent = {link.round_id for link in queries.silent_links(own(request))}
    rows = [(one, queries.name_of(one.courier), one.pk in silent) for one in found]
    return page(
        request, "walks.html", "Putaran antar", rows=rows, areas=_by_kelurahan(queries.areas(own(request)))
    )


def _by_kelurahan(areas: list[queries.Area]) -> list[dict[str, Any]]:
    """Kelurahan, its RW, their RT, each with its count."""
    told: dict[int, dict[str, Any]] = {}
    for area in areas:
        kelurahan = told.setdefault(
            area.kelurahan_id, {"key": area.kelurahan_id, "name": area.kelurahan, "count": 0, "rw": {}}
        )
        rw = kelurahan["rw"].setdefault(area.rw, {"rw": area.rw, "count": 0, "rt": []})
        kelurahan["count"] += area.cards
        rw["count"] += area.cards
        rw["rt"].append(area)
    return [{**one, "rw": list(one["rw"].values())} for one in told.values()]


class NewWalk(forms.Form):
    """Who carries: somebody known, or a new courier with a letter of assignment."""

    courier = forms.IntegerField(required=False)
    name = forms.CharField(label="Nama kurir", max_length=100, required=False)
    phone = forms.CharField(label="Nomor HP", max_length=30, required=False)
    letter_number = forms.CharField(label="Nomor surat tugas", max_length=60, required=False)
    valid_from = forms.DateField(label="Berlaku sejak", required=False)
    valid_until = forms.DateField(label="sampai", required=False)
    rw = forms.IntegerField(label="RW kurir", min_value=1, max_value=999, required=False)
    rt = forms.IntegerField(label="RT kurir", min_value=1, max_value=999, required=False)

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        needed = ("name", "letter_number", "valid_from", "valid_until")
        if not told.get("courier") and not all(told.get(one) for one in needed):
            raise forms.ValidationError(
                "Pilih kurir, atau isi nama, nomor surat tugas, dan masa berlaku kurir baru."
            )
        if told.get("valid_from") and told.get("valid_until") and told["valid_from"] > told["valid_until"]:
            raise forms.ValidationError("Surat tugas berakhir sebelum mulai berlaku. Periksa tanggalnya.")
        return told


@officer
def new_walk(request: HttpRequest) -> HttpResponse:
    """A round from the cards of one RW or RT, ready to be changed. For the kecamatan's officers."""
    area = _area(request)
    form = NewWalk(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = [number_in(card) for card in request.POST.getlist("cards")]
        cards = [card for card in typed if card is not None]
        if not 0 < len(cards) <= MOST_CARDS:
            form.add_error(None, f"Pilih 1 sampai {MOST_CARDS} kartu.")
        else:
            courier = _courier(request, form.cleaned_data, area)
            made = actions.make_round(
                by=person(request), request=request_of(request), courier=courier, cards=cards
            )
            return away("walk", made.pk)
    rows = queries.ready(own(request), area["kelurahan"].pk, area["rw"], area["rt"])
    looked(person(request), AccessLog.Action.LIST, [one.card_id for one in rows], source="petugas:putaran")
    error = " ".join(map(str, form.non_field_errors())) or ("Periksa isian kurir." if form.errors else "")
    couriers = [(one, queries.name_of(one)) for one in queries.couriers(own(request))]
    return page(
        request,
        "new_walk.html",
        "Putaran baru",
        status=422 if error else 200,
        error=error,
        form=form,
        rows=rows,
        couriers=couriers,
        request_id=request.POST.get("request") or a_request(),
        **area,
    )


def _area(request: HttpRequest) -> dict[str, Any]:
    told = {name: request.GET.get(name, "") for name in ("kelurahan", "rw", "rt")}
    numbers = {name: number_in(text, 8) for name, text in told.items()}
    kelurahan = Kelurahan.objects.filter(pk=numbers["kelurahan"] or 0, kecamatan=own(request)).first()
    if kelurahan is None:
        raise Http404
    return {"kelurahan": kelurahan, "rw": numbers["rw"], "rt": numbers["rt"]}


def _courier(request: HttpRequest, told: dict[str, Any], area: dict[str, Any]) -> Courier:
    if told["courier"]:
        known = Courier.objects.filter(pk=told["courier"], kecamatan=own(request)).first()
        if known is None:
            raise Http404
        return known
    names = ("name", "phone", "letter_number", "valid_from", "valid_until", "rw", "rt")
    return actions.add_courier(
        by=person(request),
        kecamatan=own(request),
        kelurahan=area["kelurahan"].pk,
        **{name: told[name] for name in names},
    )


@officer
def without_rt(request: HttpRequest) -> HttpResponse:
    """Addresses without RW or RT: the officer fills them in, or leaves the card at the counter."""
    rows = queries.without_rt(own(request))
    if request.method == "POST":
        filled = sum(_fill_in(request, card) for card, *_rest in rows)
        messages.success(request, f"{filled} alamat dilengkapi.")
        return away("without_rt")
    looked(person(request), AccessLog.Action.LIST, [row[0] for row in rows], source="petugas:tanpa-rt")
    return page(request, "without_rt.html", "RT belum diketahui", rows=rows)


def _fill_in(request: HttpRequest, card: int) -> int:
    told = [request.POST.get(f"{name}-{card}", "").strip() for name in ("rw", "rt")]
    rw, rt = (number_in(text, 3) for text in told)
    if not (rw and rt):
        return 0
    citizens = Citizen.objects.filter(pk__in=Card.objects.filter(pk=card).values("citizen_id"))
    return citizens.update(rw=rw, rt=rt)


def walk_of(request: HttpRequest, walk: int) -> Round:
    """A round of the officer's kecamatan; 404 for another's."""
    found = (
        Round.objects.select_related("courier", "kecamatan").filter(pk=walk, kecamatan=own(request)).first()
    )
    if found is None:
        raise Http404
    return found


@queue
def to_divide(kecamatan: int) -> list[Queue]:
    count, oldest = queries.not_divided(kecamatan, MOST_COUNTED)
    return [Queue("Belum dibagi", count, oldest, reverse("petugas:walks"), "bagi")]


@queue
def to_count_back(kecamatan: int) -> list[Queue]:
    """Cards that citizens may come for tomorrow, and that a courier still has."""
    count, oldest = queries.not_counted_back(kecamatan, MOST_COUNTED)
    return [Queue("Kembali, belum dihitung", count, oldest, reverse("petugas:walks"), "hitung")]


@queue
def with_couriers(kecamatan: int) -> list[Queue]:
    found = Round.objects.filter(kecamatan=kecamatan, state__in=(State.OUT, State.ENDED))
    oldest = found.aggregate(oldest=Min("begun_at"))["oldest"]
    silent = queries.silent_links(kecamatan)
    missing = queries.missing(kecamatan)
    reviews = queries.reviews(kecamatan)
    home = reverse("petugas:walks")
    return [
        Queue("Dibawa kurir", found.count(), oldest, home, "kurir"),
        Queue(
            "HP kurir tanpa kabar", silent.count(), silent.aggregate(at=Min("seen_at"))["at"], home, "kabar"
        ),
        Queue(
            "Kartu tidak ada saat dihitung",
            missing.count(),
            missing.aggregate(at=Min("missing_at"))["at"],
            reverse("petugas:walk_missing"),
            "hilang",
        ),
        Queue(
            "Kiriman kurir untuk diperiksa",
            reviews.count(),
            reviews.aggregate(at=Min("at"))["at"],
            reverse("petugas:reviews"),
            "periksa",
        ),
    ]
