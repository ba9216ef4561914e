"""The codes themselves, beside the standard's own examples."""

from urllib.parse import parse_qs, urlsplit

import pytest

from staff.second_step import codes

RFC = b"12345678901234567890"  # RFC 6238, appendix B, in six digits


@pytest.mark.parametrize(
    ("at", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_are_those_of_the_standard(at: int, code: str) -> None:
    assert codes.step_of(RFC, code, at) == at // 30


@pytest.mark.parametrize(("late", "good"), [(-60, False), (-30, True), (30, True), (60, False)])
def test_a_clock_may_be_half_a_minute_wrong(late: int, good: bool) -> None:
    assert (codes.step_of(RFC, "081804", 1111111109 + late) is not None) == good


@pytest.mark.parametrize("typed", ["287 082", " 287082 ", "287-082"])
def test_spaces_do_not_matter(typed: str) -> None:
    assert codes.step_of(RFC, typed, 59) == 1


@pytest.mark.parametrize("typed", ["", "28708", "2870822", "٢٨٧٠٨٢", "28708²", "abcdef", "\0" * 6])
def test_anything_else_is_no_code(typed: str) -> None:
    assert codes.step_of(RFC, typed, 59) is None


def test_an_app_reads_account_and_secret() -> None:
    read = urlsplit(codes.uri(RFC, "joko & co"))
    assert (read.scheme, read.netloc, read.path) == ("otpauth", "totp", "/e-KTP%20Bekasi%3Ajoko%20%26%20co")
    assert parse_qs(read.query)["secret"] == ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"]


def test_ten_on_paper_that_nobody_guesses() -> None:
    made = codes.new_recovery_codes()
    assert len(set(made)) == 10
    assert all(len(code.replace("-", "")) == 16 for code in made)
    assert not set("".join(made)) & set("ilo01")


def test_however_a_code_on_paper_is_typed() -> None:
    assert codes.hash_of("ABCD efgh-jkmn pqrs ") == codes.hash_of("abcd-efgh-jkmn-pqrs")
