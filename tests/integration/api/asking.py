"""What schemathesis sends: good files where the description only says text, and keys that were not used before."""

import json
import random
import uuid

import schemathesis

from integration.feed.columns import NEEDED

_VALUES = {
    "NIK": ["3275014107900001", "3275010203850002", "3,27501E+15", "1", ""],
    "NO_KEC": ["01", "02", "327501", "99", ""],
    "NO_KEL": ["1001", "3275011001", "1"],
    "CURRENT_STATUS_CODE": ["BIO_CAPTURED", "PRINT_READY_RECORD", "CARD_ISSUED", "X"],
    "TGL_STATUS": ["2017-08-31", "31/08/2017 10:00", "2099-01-01", "x"],
    "TGL_REKAM": ["2017-01-10"],
}
_chance = random.Random(1)


def _rows() -> list[list[str]]:
    values = [_VALUES.get(name, ["ANI", "001", "-"]) for name in NEEDED]
    return [[_chance.choice(one) for one in values] for _ in range(_chance.randint(1, 4))]


def _file(media_type: str) -> str:
    if media_type == "text/csv":
        return "\n".join(",".join(f'"{cell}"' for cell in row) for row in [NEEDED, *_rows()])
    return "\n".join(json.dumps(dict(zip(NEEDED, row, strict=True))) for row in _rows())


@schemathesis.serializer("text/csv", "application/x-ndjson")
def as_it_is(context, value) -> bytes:
    """A body that is no text is no text on the wire either."""
    return value.encode("utf-8", "replace") if isinstance(value, str) else b"\0\1"


@schemathesis.hook
def before_call(context, case, kwargs) -> None:
    """Of a good request key and file are good too. Nobody waits for a worker: here is none."""
    if not case.headers or not case.meta:
        return
    if "Prefer" in case.headers:
        case.headers["Prefer"] = "wait=1"
    if case.meta.generation.mode.value == "positive" and case.headers.get("Idempotency-Key"):
        case.headers["Idempotency-Key"] = uuid.uuid4().hex
        case.headers.pop("Content-Encoding", None)
        case.body = _file(case.media_type)
