"""What citizens report and object to: the oldest deadline first, ended with an answer alone."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Min
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from staff.access import Action, looked
from staff.admin.base import Choice, StaffAdmin
from staff.models import User
from staff.scope import scope_of
from staff.site import Work, site

from .. import actions
from ..actions.cases import LONGEST, text_of
from ..models import Case
from ..models.case import ANSWERS
from .deeds import NO_NIK


class Answered(Choice):
    """Open cases unless asked for others."""

    title = _("keadaan")
    parameter_name = "keadaan"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("dijawab", _("Sudah dijawab"))]

    def choices(self, changelist: Any) -> Any:
        first, *rest = super().choices(changelist)
        return [{**first, "display": _("Belum dijawab")}, *rest]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(answered_at__isnull=not self.value())


class AnswerForm(forms.ModelForm):  # type: ignore[type-arg]
    """The answer: one of those that fit the case, and words for the holder of the receipt."""

    answer = forms.ChoiceField(label=_("Jawaban"))
    text = forms.CharField(
        label=_("Penjelasan"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[NO_NIK],
        help_text=_(
            "Tampil bagi pemegang tanda terima. Wajib untuk jawaban “Lainnya”. Tanpa NIK dan tanpa alamat."
        ),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "answer" in self.fields:
            fitting = ANSWERS[Case.Kind(self.instance.kind)]
            self.fields["answer"].choices = [("", "—"), *((str(one), one.label) for one in fitting)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or {}
        if data.get("answer") == Case.Answer.OTHER and not data.get("text", "").strip():
            self.add_error("text", gettext("Tulis penjelasan untuk jawaban “Lainnya”."))
        return data


@admin.register(Case)
class CaseAdmin(StaffAdmin):
    """A case is opened by its citizen, so there is none to add."""

    form = AnswerForm
    list_display = ("kind", "card", "at", "due_on", "answer", "answered_at")
    list_filter = (Answered,)
    key_order = "pk"

    def of_kecamatan(self, rows: Any, kecamatan: int) -> Any:
        return rows.filter(place_id=kecamatan)

    def about_to_show(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        user: Any = request.user
        looked(user, Action.LIST, [case.card_id for case in rows], source="cases")

    def get_object(self, request: HttpRequest, *args: Any, **options: Any) -> Any:
        case = super().get_object(request, *args, **options)
        if case is not None:
            user: Any = request.user
            looked(user, Action.VIEW, [case.card_id], source="case")
        return case

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = ["card", "kind", "at", "due_on", "by_receipt", "said"]
        if self.has_change_permission(request, obj):
            return [*shown, "answer", "text"]
        return [*shown, "answer", "explained", "answered_at"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [name for name in self.get_fields(request, obj) if name not in ("answer", "text")]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.answered_at is None)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        user: Any = request.user
        actions.answer_case(
            obj.pk, by=user, answer=form.cleaned_data["answer"], text=form.cleaned_data["text"]
        )

    @admin.display(description=_("kartu"))
    def card(self, case: Any) -> str:
        address = reverse("admin:tracking_card_change", args=[case.card_id])
        return format_html('<a href="{}">{}</a>', address, case.card_id)

    @admin.display(description=_("kata warga"))
    def said(self, case: Any) -> str:
        return text_of(case.text_sealed) or "–"

    @admin.display(description=_("penjelasan"))
    def explained(self, case: Any) -> str:
        return text_of(case.answer_sealed) or "–"


@site.waits
def unanswered(user: User) -> Iterable[Work]:
    """Reports of citizens that wait for an answer."""
    if not user.has_perm("tracking.view_case"):
        return
    scope = scope_of(user)
    cases = Case.objects.filter(answered_at__isnull=True)
    if scope.kecamatan is not None:
        cases = cases.filter(place_id=scope.kecamatan)
    found = cases.aggregate(n=Count("pk"), oldest=Min("at"))
    yield Work(
        gettext("Belum terima"), found["n"], found["oldest"], reverse("admin:tracking_case_changelist")
    )
