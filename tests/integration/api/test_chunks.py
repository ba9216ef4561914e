"""Bodies that come in chunks, from a real web server: it alone takes them apart."""

import http.client
import socket
from urllib.parse import urlsplit

import pytest

from tests.integration.feeds import as_csv, row

from .partner import BATCHES, Partner

pytestmark = pytest.mark.usefixtures("committed")
TEXT = as_csv(row()).encode()
WHOLE = b"%x\r\n%b\r\n0\r\n\r\n" % (len(TEXT), TEXT)


@pytest.mark.parametrize(("body", "status", "said"), [
    (WHOLE, 201, b'"created": 1'),
    (b"zz\r\nNIK", 400, b'"body_cut"'),
    (WHOLE[:20], 400, b'"body_cut"'),
    (WHOLE[:-7] + b"x", 400, b'"body_cut"'),
])  # fmt: skip
def test_chunks(live_site: str, body: bytes, status: int, said: bytes) -> None:
    partner, target = Partner.made(), urlsplit(live_site)
    lines = [f"POST {BATCHES} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {partner.words}",
             "Idempotency-Key: k", "Content-Type: text/csv", "Transfer-Encoding: chunked"]  # fmt: skip
    with socket.create_connection((str(target.hostname), int(target.port or 0)), timeout=30) as client:
        client.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        client.shutdown(socket.SHUT_WR)
        answer = http.client.HTTPResponse(client)
        answer.begin()
        assert answer.status == status
        assert said in answer.read()
