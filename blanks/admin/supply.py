"""What is to come: planned shipments, days on which nobody prints, and the forecasts made from them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import DateField
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from staff.admin.base import ReadOnly, StaffAdmin
from tracking.actions.steps import SOURCE
from tracking.actor import acting
from tracking.models import Forecast

from ..ledger import DocumentKind
from ..models import Closure, Document, PlannedShipment
from .fields import Day, QuantityField


class PlanForm(forms.ModelForm):  # type: ignore[type-arg]
    """A promise that can be kept: some blanks, and a last day that is not past."""

    quantity = QuantityField(label=gettext_lazy("Jumlah blanko"), least=1)
    earliest = forms.DateField(label=gettext_lazy("Datang paling awal"), widget=Day())
    latest = forms.DateField(label=gettext_lazy("Datang paling lambat"), widget=Day())

    class Meta:
        model = PlannedShipment
        fields = ("quantity", "earliest", "latest", "tender")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = cleaned.get("earliest"), cleaned.get("latest")
        if first and last and last < first:
            self.add_error("latest", _("Hari paling lambat mendahului hari paling awal."))
        elif last and last < timezone.localdate():
            self.add_error(
                "latest", _("Hari ini sudah lewat. Kiriman yang sudah datang dicatat di Terima kiriman.")
            )
        return cleaned


@admin.register(PlannedShipment)
class PlannedShipmentAdmin(StaffAdmin):
    """A plan is not edited: it ends, by the delivery note it came with or because it was called off."""

    list_display = ("tender", "quantity", "earliest", "latest", "ended_at", "document")
    list_select_related = ("document",)
    form = PlanForm
    fields = ("quantity", "earliest", "latest", "tender")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.fields, "document") if obj else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj else ()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "document":
            options["queryset"] = Document.objects.filter(kind=DocumentKind.SHIPMENT)
            options["empty_label"] = _("Tidak jadi datang")
        return super().formfield_for_foreignkey(db_field, request, **options)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.ended_at is None)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        user: Any = request.user
        with acting(by=user, source=SOURCE):
            if change:
                obj.save(update_fields=["document"])
            else:
                super().save_model(request, obj, form, change)


@admin.register(Closure)
class ClosureAdmin(StaffAdmin):
    list_display = ("day", "why")
    fields = ("day", "why")
    formfield_overrides = {DateField: {"widget": Day}}

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Forecast)
class ForecastAdmin(ReadOnly, StaffAdmin):
    """What was promised on which day, from what, and how true the promises were by then."""

    list_display = ("day", "made_at", "says", "stock", "kept")
    fields = ("day", "made_at", "why", "basis")

    @admin.display(description=gettext_lazy("perkiraan"))
    def says(self, forecast: Forecast) -> str:
        return str(forecast.get_why_display()) if forecast.why else _("ada")

    @admin.display(description=gettext_lazy("stok"))
    def stock(self, forecast: Forecast) -> str:
        return str(forecast.basis.get("stock", ""))

    @admin.display(description=gettext_lazy("tepat waktu"))
    def kept(self, forecast: Forecast) -> str:
        accuracy = forecast.basis.get("accuracy") or {}
        if not accuracy.get("promised"):
            return "–"
        return f"{accuracy['in_time']} / {accuracy['promised']}"
