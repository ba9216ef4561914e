"""Sends a feed file to the tracker, safely: EKTP_TOKEN=… python3 send.py https://ektp.example FILE.csv

Run it again after any cut: the key lies beside the file until the answer has come, so nothing is taken in twice.
"""

import gzip
import json
import os
import pathlib
import sys
import time
import urllib.error
import urllib.request
import uuid

SITE, FILE = sys.argv[1].rstrip("/"), pathlib.Path(sys.argv[2])
KEY = FILE.with_name(FILE.name + ".key")


def ask(path, data=None, **headers):
    """(status, headers, body); waits and asks again while the site is busy or out of reach."""
    headers = {"Authorization": "Bearer " + os.environ["EKTP_TOKEN"], **headers}
    for pause in (1, 2, 4, 8, 15, 30, 60, 60, 60, None):
        request = urllib.request.Request(SITE + path, data, headers)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            problem = json.loads(error.read() or b"{}")
            again = error.code in (408, 429) or error.code >= 500 or problem.get("code") == "key_at_work"
            if not again or pause is None:
                KEY.unlink(missing_ok=True)  # refused: what is put right is sent under a new key
                sys.exit(f"{error.code} {problem.get('title')}: {problem.get('detail')}")
            pause = int(error.headers.get("Retry-After") or pause)
        except OSError as error:
            if pause is None:
                sys.exit(f"{error}: run this again, it goes on with the same key")
        time.sleep(pause)


if not KEY.exists():
    KEY.write_text(uuid.uuid4().hex)
kind = "application/x-ndjson" if FILE.suffix == ".ndjson" else "text/csv"
told = {"Idempotency-Key": KEY.read_text(), "Content-Type": kind, "Content-Encoding": "gzip"}
status, headers, body = ask("/api/v1/batches", gzip.compress(FILE.read_bytes(), mtime=0), **told)
address = headers["Location"]
while status == 202 or json.loads(body).get("state") == "working":
    time.sleep(int(headers.get("Retry-After") or 2))
    status, headers, body = ask(address)
KEY.unlink()
print(body.decode())
if json.loads(body).get("state") == "refused":
    sys.exit(json.loads(body)["message"])
if json.loads(body)["rejected"]:
    FILE.with_name(FILE.name + ".rejects.csv").write_bytes(ask(address + "/rejects")[2])
