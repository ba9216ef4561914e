"""Fields of the forms about stock: serials by the list, quantities as people write them, days, reasons."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tracking.admin.deeds import NO_NIK

from .. import spans
from ..papers.base import thousands
from ..queries.serials import Found, look_up
from ..spans import Span

EARLIEST = date(2009, 1, 1)
MOST = 10**9
_NUMBER = re.compile(r"[0-9]{1,3}(?:[. ][0-9]{3})+|[0-9]{1,10}", re.ASCII)
_NAMED = 5  # serials that an error names


class SpansField(forms.CharField):
    """Serials such as `101, 105-110`, or one range a line. `most` is how many they may be together."""

    def __init__(self, *, most: int | None = spans.MOST_NAMED, rows: int = 2, **options: Any) -> None:
        self.most = most
        widget = forms.Textarea(attrs={"rows": rows, "autocomplete": "off", "spellcheck": "false"})
        super().__init__(widget=widget, max_length=100_000, **options)

    def clean(self, value: Any) -> list[Span]:  # type: ignore[override]
        try:
            found = spans.read(super().clean(value))
        except spans.NoSpans as error:
            raise forms.ValidationError(str(error)) from None
        if self.most is not None and spans.quantity(found) > self.most:
            raise forms.ValidationError(
                _("Paling banyak %(most)s nomor seri sekali catat.") % {"most": thousands(self.most)}
            )
        if self.required and not found:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return found


class QuantityField(forms.CharField):
    """A number of blanks or cards: 20000, 20.000 or 20 000. A number field of the browser would read 20.000 as 20."""

    def __init__(self, *, least: int = 0, most: int = MOST, **options: Any) -> None:
        self.least, self.most = least, most
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 7})
        super().__init__(widget=widget, max_length=20, **options)

    def clean(self, value: Any) -> int | None:  # type: ignore[override]
        text = super().clean(value)
        if not text:
            return None
        if not _NUMBER.fullmatch(text):
            raise forms.ValidationError(_("Tulis dengan angka, misalnya 20.000."))
        quantity = int(re.sub(r"[. ]", "", text))
        if quantity < self.least:
            raise forms.ValidationError(_("Paling sedikit %(n)s.") % {"n": thousands(self.least)})
        if quantity > self.most:
            raise forms.ValidationError(_("Paling banyak %(n)s.") % {"n": thousands(self.most)})
        return quantity


class Day(forms.DateInput):
    """A day by the browser's own means: typed or picked, with or without scripts."""

    input_type = "date"

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DayField(forms.DateField):
    """The day on a paper: not tomorrow, and not before there were e-KTPs."""

    def __init__(self, **options: Any) -> None:
        formats = ["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"]
        super().__init__(widget=Day(), input_formats=formats, initial=timezone.localdate, **options)

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("Tanggal ini belum tiba."))
        if day and day < EARLIEST:
            raise forms.ValidationError(_("Tanggal ini terlalu lama. Periksa tahunnya."))
        return day


class WordsField(forms.CharField):
    """A few words, never a NIK."""

    def __init__(self, *, max_length: int = 200, rows: int = 0, **options: Any) -> None:
        widget: Any = (
            forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput(attrs={"autocomplete": "off"})
        )
        super().__init__(widget=widget, max_length=max_length, validators=[NO_NIK], **options)


class NamesField(WordsField):
    """Names, one a line."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=500, rows=2, required=False, **options)

    def clean(self, value: Any) -> list[str]:  # type: ignore[override]
        return [" ".join(line.split()) for line in super().clean(value).splitlines() if line.strip()][:6]


def number_field(**options: Any) -> WordsField:
    return WordsField(max_length=120, **{"label": gettext_lazy("Nomor dokumen"), **options})


class PaperForm(forms.Form):
    """A form whose values survive its preview as hidden fields."""

    dated = DayField(label=gettext_lazy("Tanggal dokumen"))

    def __init__(self, data: Any = None, *, supervises: bool = False) -> None:
        super().__init__(data, auto_id="blanko-%s")
        for field in self.fields.values():
            if field.error_messages["required"] == forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = _("Isi bagian ini.")
        self.supervises = supervises

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What was typed and chosen, by name, for the hidden fields of the preview."""
        typed: Any = self.data
        return [(name, value) for name in self.fields for value in typed.getlist(name)]

    def must_be_in(self, name: str, *places: str) -> list[Found]:
        """Where the serials of a field are; an error at the field for those that are nowhere or elsewhere."""
        found = look_up(spans.each(self.cleaned_data.get(name) or ()))
        never = [one for one in found if not one.received]
        away = [one for one in found if one.received and one.place not in places]
        if never:
            self.add_error(name, _("Tidak pernah diterima: %(serials)s.") % {"serials": some_of(never)})
        if away:
            self.add_error(
                name,
                _("Tidak ada di sana, sudah dipakai atau dipindah: %(serials)s.")
                % {"serials": some_of(away)},
            )
        return found


def some_of(found: Iterable[Found]) -> str:
    """The first of them in words."""
    named = spans.joined(one.serial for one in found)
    words = ", ".join(str(span) for span in named[:_NAMED])
    return f"{words} …" if len(named) > _NAMED else words
