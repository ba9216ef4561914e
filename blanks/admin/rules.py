"""The order of letters: what holds now, what held on any past day, and what will."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from staff.site import site

from ..queries.rules import rule_on, rules
from .fields import Day
from .frame import asked_by, page


class DayForm(forms.Form):
    """A day."""

    tanggal = forms.DateField(
        label=gettext_lazy("Tanggal"),
        widget=Day(),
        input_formats=["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"],
        error_messages={"invalid": gettext_lazy("Tulis tanggal seperti ini: 2017-09-01.")},
    )


def letters(request: HttpRequest) -> HttpResponse:
    """The rule of the day that is asked for, today if none is."""
    asked_by(request, "view_printbatch")
    form = DayForm(
        request.GET if "tanggal" in request.GET else None,
        auto_id="urutan-%s",
        initial={"tanggal": timezone.localdate()},
    )
    day = form.cleaned_data["tanggal"] if form.is_valid() else timezone.localdate()
    return page(
        request,
        "print_rules.html",
        _("Urutan huruf"),
        status=422 if form.is_bound and form.errors else 200,
        form=form,
        day=day,
        today=timezone.localdate(),
        rule=rule_on(day),
        rules=rules(),
        may_add=request.user.has_perm("tracking.add_letterrule"),
    )


site.page("blanks/urutan/", letters, "blanks_letters")
