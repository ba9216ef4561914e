"""Messages are written with what they speak of, go out afterwards, and neither get lost nor go out twice."""

import hashlib
import hmac
import json
import threading
from base64 import b64encode
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core import mail
from django.db import connections, transaction
from django.utils import timezone

from outbox import kinds, sending
from outbox.channels import Mail, NotSent, Webhook, text_message
from outbox.models import Message

State = Message.State
pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture(autouse=True)
def known_kinds(monkeypatch):
    monkeypatch.setattr(kinds, "_kinds", {})
    kinds.register("greeting", "Salam", lambda about: Mail(f"{about['who']}@example.org", "Salam", "Halo."))


@pytest.fixture
def listener():
    """A receiver of webhooks on loopback: what it got, and what it answers."""
    got, answers = [], []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(answers.pop(0) if answers else 204)
            self.send_header("Location", "http://127.0.0.1:9/")
            self.end_headers()

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.got, server.answers = got, answers
    server.address = f"http://:s3cret@127.0.0.1:{server.server_port}/hook"
    yield server
    server.shutdown()
    server.server_close()


def only() -> Message:
    return Message.objects.get()


def make_due() -> None:
    Message.objects.update(due_at=timezone.now())


def test_what_is_rolled_back_is_never_sent():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        sending.write("greeting", "1", {"who": "ani"})
        raise ZeroDivisionError
    assert sending.send_due() == 0
    assert mail.outbox == []


def test_a_message_goes_out_once():
    sending.write("greeting", "1", {"who": "ani"})
    assert (sending.send_due(), sending.send_due()) == (1, 0)
    assert [one.to for one in mail.outbox] == [["ani@example.org"]]
    assert only().state == State.SENT


def test_the_same_news_is_written_once():
    for _again in range(2):
        sending.write("greeting", "1", {"who": "ani"})
    assert Message.objects.count() == 1


def test_two_workers_do_not_send_one_message_twice():
    for n in range(30):
        sending.write("greeting", str(n), {"who": f"ani{n}"})

    def work():
        while sending.send_due():
            pass
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(one.to[0] for one in mail.outbox) == sorted(f"ani{n}@example.org" for n in range(30))


def test_a_receiver_can_check_the_signature(listener):
    kinds.register("hook", "Kabar", lambda about: Webhook(listener.address, {"day": about["day"]}))
    sending.write("hook", "1", {"day": "2017-09-01"})
    assert sending.send_due() == 1
    [(headers, body)] = listener.got
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mac = b64encode(hmac.new(b"s3cret", signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{mac}"
    assert json.loads(body) == {"day": "2017-09-01"}
    assert "s3cret" not in str(headers)


def test_a_broken_gateway_loses_nothing_and_is_tried_later(listener):
    kinds.register("hook", "Kabar", lambda about: Webhook(listener.address, {}))
    listener.answers[:] = [503, 302]
    sending.write("hook", "1", {})
    assert sending.send_due() == 0
    assert (only().state, only().fault) == (State.WAITING, "HTTP 503")
    assert sending.send_due() == 0  # not before its time
    assert len(listener.got) == 1
    make_due()
    assert sending.send_due() == 0  # sent elsewhere is not sent
    make_due()
    assert sending.send_due() == 1
    assert len({headers["webhook-id"] for headers, _body in listener.got}) == 1


def test_while_one_channel_is_broken_the_others_go_on():
    kinds.register("hook", "Kabar", lambda about: Webhook("http://127.0.0.1:9/", {}))
    for n in range(3):
        sending.write("hook", str(n), {})
    sending.write("greeting", "1", {"who": "ani"})
    assert sending.send_due() == 1
    assert sorted(Message.objects.filter(kind="hook").values_list("tries", flat=True)) == [0, 0, 1]


def test_after_the_last_attempt_staff_are_asked_and_may_send_again(monkeypatch):
    def refuse(self, message_id):
        raise NotSent("SMTPConnectError")

    with monkeypatch.context() as broken:
        broken.setattr(Mail, "send", refuse)
        sending.write("greeting", "1", {"who": "ani"})
        for _attempt in range(len(sending.PAUSES) + 1):
            make_due()
            sending.send_due()
    assert only().state == State.FAILED
    assert sending.send_again(only())
    assert sending.send_due() == 1
    assert not sending.send_again(only())


def test_what_is_no_longer_wanted_is_dropped():
    kinds.register("greeting", "Salam", lambda about: None)
    sending.write("greeting", "1", {"who": "ani"})
    assert sending.send_due() == 0
    assert only().state == State.DROPPED


@pytest.mark.parametrize(
    ("outgoing", "state"),
    [
        (Webhook("http://127.0.0.1:9/", {}), State.WAITING),
        (Mail("ani@example.org", "Salam", "Halo."), State.UNSURE),
    ],
)
def test_a_killed_worker_repeats_only_what_the_receiver_can_recognise(outgoing, state):
    kinds.register("cut", "Putus", lambda about: outgoing)
    sending.write("cut", "1", {})
    Message.objects.update(state=State.SENDING, claimed_at=timezone.now() - timedelta(hours=1))
    sending.keep_house()
    assert only().state == state


@pytest.mark.parametrize(("days", "kept"), [(89, True), (91, False)])
def test_what_failed_is_let_go_of_after_90_days(days, kept):
    sending.write("greeting", "1", {"who": "ani"})
    Message.objects.update(state=State.FAILED, made_at=timezone.now() - timedelta(days=days))
    sending.keep_house()
    assert Message.objects.exists() == kept


def test_old_messages_are_let_go_of_but_not_what_waits():
    for n in range(2):
        sending.write("greeting", str(n), {"who": "ani"})
    sending.send_due()
    sending.write("greeting", "stuck", {"who": "ani"})
    Message.objects.update(made_at=timezone.now() - timedelta(days=100))
    sending.keep_house()
    assert [message.key for message in Message.objects.all()] == ["stuck"]


def test_the_log_and_the_fault_name_no_receiver(monkeypatch, caplog):
    def refuse(self, **options):
        raise OSError("550 ani@example.org unknown")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    sending.write("greeting", "1", {"who": "ani"})
    sending.send_due()
    assert "ani" not in caplog.text + only().fault


def test_without_a_gateway_there_is_no_text_message(settings):
    settings.NOTIFY_URL = ""
    assert text_message("0812", "Halo") is None
