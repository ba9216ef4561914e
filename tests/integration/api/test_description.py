"""openapi.json: complete, and true of what the API does; its page, readable and from here alone."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Browser

from integration.api.problems import Kind
from tests.integration.feeds import as_csv, row

from .partner import Partner

HERE = Path(__file__).parent


def schema() -> dict:
    return json.loads(Client().get("/api/v1/openapi.json").content)


def operations():
    for path, methods in schema()["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def test_it_is_for_everybody_and_names_every_address() -> None:
    assert [name for name, _ in operations()] == [
        "post /api/v1/batches", "get /api/v1/batches/{batch_id}", "get /api/v1/batches/{batch_id}/rejects",
        "get /api/v1/changes",
    ]  # fmt: skip


def test_every_answer_has_an_example() -> None:
    for name, operation in operations():
        for status, response in operation["responses"].items():
            for content in response["content"].values():
                assert content.get("example") or content.get("examples"), (name, status)


def test_every_refusal_is_a_problem_and_every_kind_is_described() -> None:
    described = set()
    for name, operation in operations():
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                assert list(response["content"]) == ["application/problem+json"], (name, status)
                for code, example in response["content"]["application/problem+json"]["examples"].items():
                    assert example["value"]["status"] == int(status)
                    described.add(code)
    assert described == {kind.code for kind in Kind} - {"method_not_allowed", "not_understood"}


def test_the_page_explains_every_kind() -> None:
    page = Client().get("/api/v1/docs").content.decode()
    for kind in Kind:
        assert f'id="{kind.code}"' in page
    assert "<script" not in page
    assert "style=" not in page


@pytest.mark.browser
def test_the_page_breaks_no_rule_of_ours(live_site: str, browser: Browser) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page(viewport={"width": 360, "height": 640})
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{live_site}/api/v1/docs")
    assert said == []
    assert all(url.startswith(live_site) for url in asked)
    assert page.evaluate("document.documentElement.scrollWidth <= 360")
    assert Axe().run(page).response["violations"] == []
    page.close()


@pytest.mark.slow
def test_it_answers_as_it_says_whatever_it_is_asked(live_site: str, tmp_path: Path) -> None:
    partner = Partner.made(may_read_changes=True)
    batch = partner.send(row(), row(NIK="1")).json()["batch"]
    done = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "schemathesis.toml")),
            *("run", f"{live_site}/api/v1/openapi.json", "--no-color"),
        ],
        env=os.environ | {
            "PARTNER_TOKEN": partner.words,
            "PARTNER_BATCH": str(batch),
            "SCHEMATHESIS_HOOKS": "tests.integration.api.asking",
            "PYTHONPATH": str(HERE.parents[2]),
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


@pytest.mark.django_db
def test_nothing_that_is_sent_makes_a_fault_of_ours(partner: Partner) -> None:
    asks = 10_000 if os.environ.get("EKTP_FULL") else 300
    chance = random.Random(32_75)
    for _ in range(asks):
        answer = ask(partner, chance)
        assert answer.status_code < 500, answer.content
        if answer.status_code >= 400:
            assert answer["Content-Type"] == "application/problem+json"


def ask(partner: Partner, chance: random.Random):
    """A request near a good one: something of it is odd."""
    body = bytearray(as_csv(row(), row(NIK="3275010203850002")).encode())
    for _ in range(chance.randrange(4)):
        at = chance.randrange(len(body))
        match chance.randrange(4):
            case 0:
                body[at] = chance.randrange(256)
            case 1:
                del body[at : at + chance.randrange(40)]
            case 2:
                body[at:at] = chance.randbytes(chance.randrange(20))
            case 3:
                body[at:at] = chance.choice([b'"', b"\0", b"\r", b"\xff\xfe", b";", b"\t", b"=1+1", b"\xc3"])
        body = body or bytearray(b"x")
    odd = [
        "",
        "x",
        "0",
        "-1",
        "\u00e9",
        "gzip",
        "a" * 300,
        "text/csv",
        "respond-async",
        "Bearer",
        "chunked",
        "9" * 40,
    ]
    headers = {
        "authorization": f"Bearer {partner.words}",
        "idempotency-key": chance.choice(["k", str(chance.random())]),
    }
    if chance.random() < 0.3:
        name = chance.choice(
            ["authorization", "idempotency-key", "content-encoding", "prefer", "accept", "host-x"]
        )
        headers[name] = chance.choice(odd)
    media_type = chance.choice(
        ["text/csv", "text/csv", "application/x-ndjson", "application/json", "text/csv; charset=é"]
    )
    path = chance.choice(
        ["/api/v1/batches"] * 6 + ["/api/v1/batches/1", "/api/v1/changes?after=x", "/api/v1/%ff"]
    )
    method = chance.choice(["POST"] * 8 + ["GET", "PUT", "HEAD", "OPTIONS", "TRACE"])
    return partner.client.generic(
        method, path, bytes(body), media_type, headers=headers, CONTENT_TYPE=media_type
    )
