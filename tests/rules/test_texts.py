"""Every text has its English, and the compiled catalogue is the one that was written."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).parents[2]

CATALOGUE = ROOT / "locale" / "en" / "LC_MESSAGES"
CALLS = {"_", "gettext", "gettext_lazy", "pgettext", "ngettext", "ngettext_lazy"}
CITIZENS = (
    "tracking/public",
    "tracking/views",
    "tracking/stages.py",
    "tracking/models/case.py",
    "tracking/actions/contacts.py",
    "templates/public",
)


def written() -> dict[str, polib.POEntry]:
    return {entry.msgid: entry for entry in polib.pofile(str(CATALOGUE / "django.po")) if not entry.obsolete}


def texts_in(source: str) -> Iterator[str]:
    """What Python code hands to gettext."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
            for argument in node.args[:1]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


def texts_of(path: Path) -> Iterator[str]:
    source = path.read_text()
    if path.suffix == ".html":
        for quoted in re.findall(
            r"gettext\((u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"))[,)]", templatize(source)
        ):
            yield ast.literal_eval(quoted)
    else:
        yield from texts_in(source)


def sources(*where: str) -> Iterator[Path]:
    for place in where:
        path = ROOT / place
        yield from [path] if path.is_file() else [*path.rglob("*.py"), *path.rglob("*.html")]


@pytest.mark.parametrize("path", sorted(sources(*CITIZENS)), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_text_a_citizen_reads_is_translated(path: Path) -> None:
    known = written()
    missing = [text for text in texts_of(path) if text not in known or not known[text].translated()]
    assert missing == []


def test_nothing_in_the_catalogue_is_left_untranslated_or_in_doubt() -> None:
    assert [msgid for msgid, entry in written().items() if not entry.translated() or entry.fuzzy] == []


def test_the_compiled_catalogue_is_up_to_date() -> None:
    compiled = {entry.msgid: english_of(entry) for entry in polib.mofile(str(CATALOGUE / "django.mo"))}
    assert compiled == {msgid: english_of(entry) for msgid, entry in written().items()}


def english_of(entry: polib.POEntry) -> list[str]:
    """One text, or the singular and the plural."""
    return list(entry.msgstr_plural.values()) or [entry.msgstr]


def test_places_in_a_text_are_places_in_its_english() -> None:
    places = re.compile(r"%\(\w+\)\w+|%\w")
    for msgid, entry in written().items():
        for english in english_of(entry):
            assert sorted(places.findall(msgid)) == sorted(places.findall(english)), msgid


def test_indonesian_is_the_language_of_the_source() -> None:
    assert settings.LANGUAGE_CODE == "id"
    assert [path.name for path in (ROOT / "locale").iterdir() if path.is_dir()] == ["en"]
