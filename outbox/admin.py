"""Staff see what did not go out, worst first, and send it again."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Min, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from staff.admin.base import Choice, ReadOnly, StaffAdmin
from staff.models import User
from staff.site import Work, site

from .kinds import label
from .models import Message
from .sending import send_again

State = Message.State
STUCK = (State.FAILED, State.UNSURE)


class ByState(Choice):
    title = gettext_lazy("keadaan")
    parameter_name = "state"

    def lookups(self, request: Any, model_admin: Any) -> Any:
        return State.choices

    def queryset(self, request: Any, queryset: Any) -> Any:
        return queryset.filter(state=self.value()) if self.value() else queryset


@admin.register(Message)
class MessageAdmin(ReadOnly, StaffAdmin):
    """Kinds, states and times; receivers and words are not kept."""

    list_display = ("what", "state", "tries", "made_at", "due_at", "sent_at", "fault")
    list_display_links = None
    list_filter = (ByState,)
    actions = ("again",)

    @admin.display(description=gettext_lazy("pesan"))
    def what(self, message: Message) -> str:
        return label(message.kind)

    @admin.action(description=gettext_lazy("Kirim lagi"), permissions=["resend"])
    def again(self, request: HttpRequest, chosen: QuerySet[Message]) -> None:
        sent = sum(send_again(message) for message in chosen)
        text = ngettext("%(n)d pesan akan dikirim lagi.", "%(n)d pesan akan dikirim lagi.", sent) % {
            "n": sent
        }
        if sent < len(chosen):
            text += " " + _("Pesan lain tidak gagal, jadi tidak dikirim lagi.")
        messages.info(request, text)

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("outbox.change_message")  # type: ignore[union-attr]


@site.waits
def stuck(user: User) -> Iterable[Work]:
    """Messages that need a person."""
    if not user.has_perm("outbox.view_message"):
        return
    found = Message.objects.filter(state__in=STUCK).aggregate(n=Count("pk"), oldest=Min("made_at"))
    address = reverse("admin:outbox_message_changelist") + "?state=failed"
    yield Work(_("Pesan tidak terkirim"), found["n"], found["oldest"], address)
