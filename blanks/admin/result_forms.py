"""Forms in which results are said."""

import hashlib
import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from staff.models import User
from tracking.refusals import Refused

from .. import serials
from ..actions import Line, record
from ..actions.results import consecutive, fault
from ..ledger import Outcome
from ..models import PrintBatch
from ..queries import printing as queries

MOST_EXCEPTIONS = 10_000
_ONE = re.compile(r"([0-9]{1,18})(?:\s*[-–]\s*([0-9]{1,18}))?", re.ASCII)


class LinesField(forms.CharField):
    """Numbers and stretches of numbers: `3, 7-9`."""

    def __init__(self, label: Any, help_text: Any = "") -> None:
        super().__init__(label=label, required=False, max_length=2000, help_text=help_text)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        found: set[int] = set()
        for part in filter(None, (one.strip() for one in re.split(r"[,;\n]", text))):
            match = _ONE.fullmatch(part)
            first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
            if last < first or last - first + len(found) > MOST_EXCEPTIONS:
                raise forms.ValidationError(_("Tulis nomor baris seperti ini: 3, 7-9."))
            found.update(range(first, last + 1))
        return found


class SerialField(forms.CharField):
    """A serial, as it stands on a blank."""

    def __init__(self, label: Any, **options: Any) -> None:
        attrs = {"autocomplete": "off", "spellcheck": "false"}
        super().__init__(label=label, max_length=60, widget=forms.TextInput(attrs=attrs), **options)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return serials.read(text) if text else None
        except serials.NoSerial as wrong:
            raise forms.ValidationError(str(wrong)) from None


class BulkForm(forms.Form):
    """All open lines of a batch, printed one after the other."""

    pertama = SerialField(gettext_lazy("Seri pertama"))
    dari = forms.IntegerField(label=gettext_lazy("Dari baris"), min_value=1, required=False, localize=False)
    sampai = forms.IntegerField(
        label=gettext_lazy("Sampai baris"), min_value=1, required=False, localize=False
    )
    salah = LinesField(
        gettext_lazy("Baris yang salah cetak"), gettext_lazy("Misalnya 3, 7-9. Serinya ikut terpakai.")
    )
    tidak = LinesField(gettext_lazy("Baris yang tidak dicetak"), gettext_lazy("Tidak memakai seri."))
    lewati = LinesField(
        gettext_lazy("Angka seri yang dilewati"),
        gettext_lazy("Blanko yang tidak ada di tumpukan, tanpa awalan."),
    )

    def __init__(self, batch: PrintBatch, data: Any = None) -> None:
        super().__init__(data, auto_id="sekaligus-%s")
        self.batch = batch
        self.lines: list[Line] = []

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return given
        first, last = given["dari"] or 1, given["sampai"] or 10**9
        chosen = [one for one in queries.lines(self.batch) if one.open and first <= one.line <= last]
        open_lines = {one.line for one in chosen}
        if not chosen:
            self.add_error("dari", _("Tidak ada baris yang masih di pencetak di antara baris itu."))
        spoiled, missed = given["salah"], given["tidak"]
        for name, lines in (("salah", spoiled), ("tidak", missed)):
            if strangers := sorted(lines - open_lines):
                self.add_error(name, _("Baris %(n)s tidak sedang di pencetak.") % {"n": strangers[0]})
        if both := sorted(spoiled & missed):
            self.add_error("tidak", _("Baris %(n)s disebut dua kali.") % {"n": both[0]})
        exceptions = dict.fromkeys(spoiled, str(Outcome.MISPRINT))
        exceptions |= dict.fromkeys(missed, str(Outcome.NOT_PRINTED))
        cards = [(one.line, one.card_id, one.number) for one in chosen]
        self.lines = consecutive(cards, given["pertama"], exceptions, sorted(given["lewati"]))
        return given

    @property
    def fingerprint(self) -> str:
        """Of exactly what would be booked."""
        rows = [(line.card_id, line.outcome, line.serial) for line in self.lines]
        return hashlib.sha256(repr(rows).encode()).hexdigest()[:32]


class FileForm(forms.Form):
    """The printer's file."""

    berkas = forms.FileField(
        label=gettext_lazy("Berkas hasil dari printer (CSV)"),
        help_text=gettext_lazy(
            "Kolom KODE atau NOMOR, SERI, dan HASIL: dicetak, salah cetak, atau tidak dicetak."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt"}),
        allow_empty_file=True,
        error_messages={"required": gettext_lazy("Pilih berkas hasil dari printer.")},
    )

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, auto_id="unggah-%s")


class ScanCard(forms.Form):
    """Which card: its code, or its queue number."""

    kode = forms.CharField(
        label=gettext_lazy("Kode kartu"),
        max_length=40,
        help_text=gettext_lazy("Pindai kode di lembar cetak, atau ketik kode atau nomor antreannya."),
        error_messages={"required": gettext_lazy("Pindai atau ketik kode kartu.")},
        widget=forms.TextInput(
            attrs={
                "autofocus": True,
                "autocomplete": "off",
                "spellcheck": "false",
                "autocapitalize": "characters",
            }
        ),
    )

    def __init__(self, batch: PrintBatch, data: Any = None) -> None:
        super().__init__(data, auto_id="pindai-%s")
        self.batch = batch

    def clean_kode(self) -> queries.BatchLine:
        card = queries.Finder(self.batch).card(self.cleaned_data["kode"])
        found = (
            next((one for one in queries.lines(self.batch) if one.card_id == card), None) if card else None
        )
        if found is None:
            raise forms.ValidationError(
                _("Kode ini bukan dari tumpukan ini. Periksa nomor tumpukan di lembar cetak.")
            )
        if found.outcome and not found.open:
            said = {"number": found.number, "outcome": Outcome(found.outcome).label, "serial": found.serial}
            raise forms.ValidationError(_("%(number)s sudah dicatat: %(outcome)s %(serial)s.") % said)
        return found


class ScanSerial(forms.Form):
    """On which blank, and whether it turned out well."""

    seri = forms.CharField(
        label=gettext_lazy("Nomor seri blanko"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, line: queries.BatchLine, data: Any = None) -> None:
        super().__init__(data, auto_id="pindai-%s")
        self.line = line
        self.said = ""

    def book(self, batch: PrintBatch, *, by: User) -> bool:
        """Book it; if it is refused, the form says why."""
        outcome = self.data.get("hasil", Outcome.PRINTED)
        serial = self.cleaned_data["seri"]
        if not serial and outcome != Outcome.NOT_PRINTED:
            self.add_error("seri", _("Pindai atau ketik nomor serinya."))
            return False
        try:
            recorded = record(batch, self.line.card_id, outcome, serial, by=by, card=self.line.number)
        except Refused as refused:
            self.add_error("seri", str(refused))
            return False
        for _line, reason in recorded.rejects:
            self.add_error("seri", fault(reason).capitalize() + ".")
        late = (
            _(" Terlambat: kartunya sudah keluar dari tumpukan, blankonya dicatat rusak.")
            if recorded.late
            else ""
        )
        label = Outcome(outcome).label if outcome in Outcome.values else outcome
        self.said = f"{self.line.number}: {label} {serial}.".replace(" .", ".") + late
        return not recorded.rejects
