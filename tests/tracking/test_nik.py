"""How a NIK may be spelled, and what cannot be one."""

import hmac

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracking import nik, sealing

SITI = "3275015503900001"  # born on 15 March, a woman


@pytest.fixture(autouse=True)
def keys(settings):
    settings.EKTP_SEAL_KEYS = [b"s" * 32]
    settings.EKTP_INDEX_KEYS = [b"i" * 32]
    return settings


@pytest.mark.parametrize(
    "spelled",
    [
        SITI,
        f"  {SITI}\t",
        f"'{SITI}",
        f" ' {SITI}",
        "32.75.01.550390.0001",
        "3275-0155-0390-0001",
        "3275 0155 0390 0001",
        "3275\u00a00155\u20070390\u202f0001",
        "\ufeff3275\u200b0155\u00ad0390\u2060\u200e0001\u202c",
        "3275\u201001550390\u20130001",
        "3.275.015.503.900.001",
    ],
)
def test_spellings_of_a_nik(spelled):
    assert nik.parse(spelled) == SITI


@pytest.mark.parametrize("spelled", ["", "  ", "'", "\u200b", "-", "..."])
def test_nothing_is_no_nik(spelled):
    assert refused(spelled).code == "empty"


@pytest.mark.parametrize(
    "spelled",
    [
        "3,27501E+15",
        "3.27501E+15",
        "3.27501e15",
        "3E+15",
        " '3,27501E+15 ",
        f"{SITI}.0",
        f"{SITI},0",
        f"{SITI}.0 ",
        f"'{SITI},0\u200b",
        "3.275.015.503.900.0",
    ],
)
def test_what_a_spreadsheet_damaged_is_no_nik(spelled):
    assert refused(spelled).code == "damaged"


@pytest.mark.parametrize(
    ("spelled", "odd"),
    [
        ("32750155O3900001", "O"),
        ("３２７５０１５５０３９００００１", "３"),
        ("٣٢٧٥٠١٥٥٠٣٩٠٠٠٠١", "٣"),
        ("3275015503900001\u00b2", "\u00b2"),
        ("3,275,015,503,900,001", ","),
        ("''3275015503900001", "'"),
        ("3275015503900001\x00", "\x00"),
    ],
)
def test_letters_and_digits_of_other_scripts_are_refused(spelled, odd):
    error = refused(spelled)
    assert (error.code, error.odd) == ("not_digits", odd)


@pytest.mark.parametrize(("spelled", "n"), [("327501550390001", 15), ("32750155039000011", 17), ("1", 1)])
def test_sixteen_digits_are_needed(spelled, n):
    error = refused(spelled)
    assert (error.code, error.n) == ("length", n)


@pytest.mark.parametrize(
    ("birth", "part", "number"),
    [
        ("001390", "month", 13),
        ("150090", "month", 0),
        ("000390", "day", 0),
        ("320390", "day", 32),
        ("400390", "day", 40),
        ("720390", "day", 72),
        ("310290", "date", 0),
        ("710290", "date", 0),
        ("310490", "date", 0),
        ("290289", "date", 0),
        ("690201", "date", 0),
    ],
)
def test_impossible_birth_dates_are_refused(birth, part, number):
    error = refused(f"327501{birth}0001")
    assert (error.code, error.part, error.number) == ("impossible", part, number)


@pytest.mark.parametrize("birth", ["290288", "690204", "290200", "310190", "710190", "410190"])
def test_possible_birth_dates_in_any_century(birth):
    assert nik.parse(f"327501{birth}0001") == f"327501{birth}0001"


def test_serial_0000_is_refused():
    assert refused("3275015503900000").part == "serial"


def test_the_region_is_not_checked():
    assert nik.parse("0000005503900001") == "0000005503900001"


def test_an_error_never_repeats_what_was_read():
    assert SITI[:15] not in f"{refused(SITI[:15])!r} {refused(SITI[:15])}"


def test_a_long_text_is_refused_quickly():
    assert refused("1" + " " * 1_000_000 + "2").code == "length"


@given(st.text(max_size=40))
@settings(deadline=None)
def test_any_text_is_a_nik_or_a_nik_error(text):
    try:
        assert nik.is_possible(nik.parse(text))
    except nik.NikError:
        pass


def test_the_index_is_a_keyed_hash():
    assert [i.bytes for i in nik.indexes(SITI)] == [hmac.digest(b"i" * 32, SITI.encode(), "sha256")[:16]]


def test_a_nik_is_looked_for_under_every_key_newest_first(keys):
    [before] = nik.indexes(SITI)
    keys.EKTP_INDEX_KEYS = [b"n" * 32, b"i" * 32]
    after, still = nik.indexes(SITI)
    assert still == before != after
    keys.EKTP_INDEX_KEYS = [b"n" * 32]
    assert nik.indexes(SITI) == [after]


def test_a_sealed_nik_opens_and_says_nothing():
    blob = nik.seal("0000005503900001")
    assert nik.unseal(blob) == "0000005503900001"
    assert nik.seal(SITI) != nik.seal(SITI)
    assert len(nik.seal(SITI)) == len(blob) == 37


def test_a_sealed_nik_is_no_sealed_address():
    with pytest.raises(sealing.CannotUnseal):
        sealing.unseal(nik.seal(SITI), b"address")


def refused(spelled: str) -> nik.NikError:
    with pytest.raises(nik.NikError) as caught:
        nik.parse(spelled)
    return caught.value
