"""What staff may do with a card from its page: one entry for each action, offered only while it is legal."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from staff.models import User

from .. import actions
from ..models import Block, Card, Event
from ..stages import (
    CANCEL_REASONS,
    CORRECTION_REASONS,
    LED_BY_LEDGER,
    BlockReason,
    LiftReason,
    Stage,
)

NO_NIK = RegexValidator(
    r"(?:\d[\s.\-]{0,2}){15,}\d",
    _("Jangan tulis NIK di sini. Cukup sebut nomor kartunya."),
    inverse_match=True,
)


@dataclass
class State:
    """A card as one person sees it now: everything that decides what is offered."""

    card: Card
    user: User
    events: list[Event]
    blocks: list[Block]  # open ones
    undoable: Event | None = None


class Deed:
    """One action: who may, when it is offered, with what form, and what it does."""

    verb = ""
    right = ""
    label: Any = ""
    button: Any = ""
    hint: Any = ""
    done: Any = ""
    weighty = False

    def offered(self, state: State) -> bool:
        raise NotImplementedError

    def choices(self, state: State) -> Iterable[tuple[str, Any]]:
        return ()

    def hidden(self, state: State) -> dict[str, Any]:
        return {}

    def form(self, state: State, data: Any = None) -> forms.Form:
        fields: dict[str, forms.Field] = {}
        options = list(self.choices(state))
        if options:
            fields["reason"] = forms.ChoiceField(label=_("Sebab"), choices=[("", "—"), *options])
        for name, value in self.hidden(state).items():
            fields[name] = forms.CharField(initial=value, widget=forms.HiddenInput, max_length=40)
        kind = type("DeedForm", (forms.Form,), fields)
        form: forms.Form = kind(data, auto_id=f"{self.verb}-%s")
        return form

    def about(self, state: State) -> str:
        """What exactly it is about, if the label does not say it."""
        return ""

    def may(self, user: User) -> bool:
        return user.has_perm(f"tracking.{self.right}")

    def do(self, state: State, data: dict[str, Any]) -> None:
        raise NotImplementedError


class Note(Deed):
    verb, right = "catatan", "add_note"
    label, button, done = _("Tambah catatan"), _("Simpan catatan"), _("Catatan disimpan.")
    hint = _("Tidak dilihat warga. Tanpa NIK dan tanpa alamat.")

    def offered(self, state: State) -> bool:
        return True

    def form(self, state: State, data: Any = None) -> forms.Form:
        text = forms.CharField(
            label=_("Catatan"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}), validators=[NO_NIK]
        )
        kind = type("NoteForm", (forms.Form,), {"text": text})
        form: forms.Form = kind(data, auto_id="catatan-%s")
        return form

    def do(self, state: State, data: dict[str, Any]) -> None:
        actions.note(state.card.pk, by=state.user, text=data["text"])


class IssuedElsewhere(Deed):
    """What the centre said is true: the citizen has the card. Ours ends, and its blocks with it."""

    verb, right = "terbit-di-tempat-lain", "change_block"
    label, button = _("Sudah terbit di tempat lain"), _("Batalkan kartu ini")
    done = _("Kartu dibatalkan karena sudah terbit di tempat lain, dan blokirnya selesai.")
    hint = _(
        "Hanya jika Anda sudah memastikannya. Jika tidak benar, cabut blokirnya: kartu tetap di antrean."
    )
    weighty = True

    def offered(self, state: State) -> bool:
        told = any(block.reason == BlockReason.PRINTED_ELSEWHERE for block in state.blocks)
        return told and not state.card.closed

    def hidden(self, state: State) -> dict[str, Any]:
        return {"seen": Stage(state.card.stage).value}

    def do(self, state: State, data: dict[str, Any]) -> None:
        actions.issued_elsewhere(state.card.pk, by=state.user, seen=data["seen"])


class SetBlock(Deed):
    verb, right = "blokir", "add_block"
    label, button, done = _("Blokir"), _("Blokir kartu"), _("Kartu diblokir.")
    hint = _("Kartu tidak melangkah ke warga sampai penyelia mencabut blokirnya.")

    def offered(self, state: State) -> bool:
        return not state.card.closed and bool(list(self.choices(state)))

    def choices(self, state: State) -> Iterable[tuple[str, Any]]:
        there = {block.reason for block in state.blocks}
        return [choice for choice in BlockReason.choices if choice[0] not in there]

    def do(self, state: State, data: dict[str, Any]) -> None:
        actions.block(state.card.pk, by=state.user, reason=data["reason"])


class Lift(Deed):
    verb, right = "cabut-blokir", "change_block"
    label, button, done = _("Cabut blokir"), _("Cabut blokir"), _("Blokir dicabut.")

    def offered(self, state: State) -> bool:
        return bool(state.blocks)

    def form(self, state: State, data: Any = None) -> forms.Form:
        blocks = [(block.pk, str(block)) for block in state.blocks]
        which = forms.TypedChoiceField(label=_("Blokir"), choices=blocks, coerce=int)
        reason = forms.ChoiceField(label=_("Sebab pencabutan"), choices=[("", "—"), *LiftReason.choices])
        kind = type("LiftForm", (forms.Form,), {"block": which, "reason": reason})
        form: forms.Form = kind(data, auto_id="cabut-%s")
        return form

    def do(self, state: State, data: dict[str, Any]) -> None:
        actions.lift(state.card.pk, by=state.user, block_id=data["block"], reason=data["reason"])


class Correct(Deed):
    verb = "betulkan"
    label, button = _("Betulkan langkah terakhir"), _("Kembalikan kartu")
    done = _("Langkah terakhir dibetulkan.")
    hint = _("Riwayat tidak dihapus: kartu kembali ke tahap sebelumnya dengan peristiwa baru.")
    weighty = True

    def may(self, user: User) -> bool:
        return user.has_perm("tracking.view_card")  # whoever made the step may, shortly; the database decides

    def offered(self, state: State) -> bool:
        return state.undoable is not None

    def choices(self, state: State) -> Iterable[tuple[str, Any]]:
        return [(str(reason), reason.label) for reason in CORRECTION_REASONS]

    def about(self, state: State) -> str:
        event = state.undoable
        return (
            f"{Stage(event.from_stage).label} → {Stage(event.to_stage).label}"
            if event and event.from_stage
            else ""
        )

    def hidden(self, state: State) -> dict[str, Any]:
        return {"undone": state.undoable.id if state.undoable else ""}

    def do(self, state: State, data: dict[str, Any]) -> None:
        undone = data["undone"]
        actions.correct(
            state.card.pk, by=state.user, reason=data["reason"], undone=int(undone) if undone.isdigit() else 0
        )


class Confirm(Deed):
    verb, right = "temukan", "confirm_card"
    label, button, done = _("Kartu sudah ditemukan"), _("Kartu ada di sini"), _("Kartu dikonfirmasi.")
    hint = _("Untuk kartu di luar buku: hanya jika kartunya sudah Anda pegang.")

    def offered(self, state: State) -> bool:
        card = state.card
        return (
            card.outside_ledger
            and not card.outside_confirmed
            and not card.closed
            and card.stage in LED_BY_LEDGER
        )

    def do(self, state: State, data: dict[str, Any]) -> None:
        actions.confirm_found(state.card.pk, by=state.user)


class Renew(Deed):
    verb, right = "ganti-tautan", "renew_card"
    label, button, done = _("Ganti tautan publik"), _("Ganti tautan"), _("Tautan lama tidak berlaku lagi.")
    hint = _("Jika tautan warga jatuh ke tangan orang lain. Warga cukup mencari lagi dengan NIK.")

    def offered(self, state: State) -> bool:
        return True

    def do(self, state: State, data: dict[str, Any]) -> None:
        actions.renew_link(state.card.pk, by=state.user)


class Cancel(Deed):
    verb, right = "batalkan", "cancel_card"
    label, button, done = _("Batalkan kartu"), _("Batalkan kartu"), _("Kartu dibatalkan.")
    hint = _("Kartu berakhir. Hanya penyelia dapat membetulkannya.")
    weighty = True

    def offered(self, state: State) -> bool:
        return not state.card.closed

    def choices(self, state: State) -> Iterable[tuple[str, Any]]:
        return [(str(reason), reason.label) for reason in CANCEL_REASONS]

    def hidden(self, state: State) -> dict[str, Any]:
        return {"seen": Stage(state.card.stage).value}

    def do(self, state: State, data: dict[str, Any]) -> None:
        actions.cancel(state.card.pk, by=state.user, reason=data["reason"], seen=data["seen"])


DEEDS: list[Deed] = [
    *(Confirm(), IssuedElsewhere(), Lift(), SetBlock(), Correct(), Note(), Renew(), Cancel())
]
BY_VERB = {deed.verb: deed for deed in DEEDS}


def register(deed: Deed) -> None:
    """What another room lets staff do with a card, offered on the card's page like our own."""
    DEEDS.insert(0, deed)
    BY_VERB[deed.verb] = deed


@dataclass
class Offer:
    """A deed with its form, as the page shows it."""

    deed: Deed
    form: forms.Form
    about: str


def offers(state: State, bound: dict[str, forms.Form] | None = None) -> list[Offer]:
    """What this person may do with this card now."""
    given = bound or {}
    return [
        Offer(deed, given.get(deed.verb) or deed.form(state), deed.about(state))
        for deed in DEEDS
        if deed.may(state.user) and deed.offered(state)
    ]
