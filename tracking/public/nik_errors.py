"""What the form says about a NIK that cannot be one: the rule, and what was odd in what was typed."""

from django.utils.translation import gettext as _

from ..nik import NikError


def message(error: NikError) -> str:
    """The error beside the field."""
    match error.code:
        case "empty":
            return _("Isi NIK Anda.")
        case "length":
            return _("NIK harus 16 angka. Anda mengetik %(n)s.") % {"n": error.n}
        case "damaged":
            return _("NIK hanya berisi angka.") + " " + _("Ketik 16 angkanya dari KK.")
        case "not_digits":
            return " ".join(filter(None, [_("NIK hanya berisi angka."), _odd(error.odd)]))
        case "impossible":
            return " ".join(filter(None, [_("Ada angka yang keliru. Cocokkan dengan KK."), _wrong(error)]))


def _odd(character: str) -> str:
    if character in "Oo":
        return _("Anda mengetik huruf O; mungkin maksudnya angka 0.")
    if character in "IilL":
        return _("Anda mengetik huruf I atau L; mungkin maksudnya angka 1.")
    return ""


def _wrong(error: NikError) -> str:
    match error.part:
        case "day":
            return _("Angka ke-7 dan 8 (%(number)02d) bukan tanggal lahir.") % {"number": error.number}
        case "month":
            return _("Angka ke-9 dan 10 (%(number)02d) bukan bulan.") % {"number": error.number}
        case "date":
            return _("Angka ke-7 sampai 12 bukan tanggal yang ada.")
        case "serial":
            return _("Empat angka terakhir tidak mungkin 0000.")
    return ""
