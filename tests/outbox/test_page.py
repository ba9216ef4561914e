"""Staff see what did not go out, and may send it again."""

import pytest
from django.urls import reverse

from outbox import sending
from outbox.models import Message
from tests.staff.cast import staff

pytestmark = pytest.mark.usefixtures("committed")
LIST = reverse("admin:outbox_message_changelist")


@pytest.fixture
def failed():
    sending.write("call", "1", {})
    Message.objects.update(state=Message.State.FAILED, fault="HTTP 503")
    return Message.objects.get()


def test_an_operator_sees_what_failed_and_sends_it_again(client, failed):
    client.force_login(staff("operator"))
    assert "Pesan tidak terkirim" in client.get(reverse("admin:index")).content.decode()
    assert "HTTP 503" in client.get(LIST, {"state": "failed"}).content.decode()
    client.post(LIST, {"action": "again", "_selected_action": [failed.pk]})
    failed.refresh_from_db()
    assert failed.state == Message.State.WAITING


def test_an_auditor_reads_and_sends_nothing(client, failed):
    client.force_login(staff("auditor"))
    assert client.get(LIST).status_code == 200
    client.post(LIST, {"action": "again", "_selected_action": [failed.pk]})
    failed.refresh_from_db()
    assert failed.state == Message.State.FAILED


def test_an_officer_of_a_kecamatan_may_not(client, failed):
    client.force_login(staff("kecamatan"))
    assert client.get(LIST).status_code == 403
