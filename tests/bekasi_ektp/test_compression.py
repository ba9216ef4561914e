"""Public answers are compressed for whoever takes them so, and for nobody else."""

import gzip

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_a_page_comes_in_gzip_and_reads_the_same():
    plain = Client().get("/bantuan/")
    packed = Client().get("/bantuan/", HTTP_ACCEPT_ENCODING="gzip, deflate, br")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert int(packed.headers["Content-Length"]) == len(packed.content) < len(plain.content) / 2


def test_caches_are_told_that_it_depends():
    for accepted in ("", "gzip"):
        assert "Accept-Encoding" in Client().get("/bantuan/", HTTP_ACCEPT_ENCODING=accepted).headers["Vary"]


def test_whoever_takes_no_gzip_gets_none():
    assert "Content-Encoding" not in Client().get("/bantuan/", HTTP_ACCEPT_ENCODING="br").headers


def test_a_short_answer_is_left_as_it_is():
    assert "Content-Encoding" not in Client().get("/healthz", HTTP_ACCEPT_ENCODING="gzip").headers
