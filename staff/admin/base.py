"""The base of every staff page: scoped, uncounted, by key instead of page number, and nothing is deleted."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections, models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from staff.scope import scope_of
from staff.typed import number_in

OLDER, NEWER = "sesudah", "sebelum"  # the key after, or before, which a page begins
LONGEST_VALUE = 100
PATIENCE = "4s"


class KeysetList(ChangeList):
    """A page of a list, found by its key: as fast at the end of 1.8 million rows as at their beginning."""

    model_admin: Any

    def __init__(self, request: HttpRequest, *args: Any, **options: Any) -> None:
        self.older_than = number_in(request.GET.get(OLDER))
        self.newer_than = number_in(request.GET.get(NEWER))
        super().__init__(request, *args, **options)
        self.title = capfirst(str(self.opts.verbose_name_plural))

    def get_filters_params(self, params: Any = None) -> Any:
        lookups = super().get_filters_params(params)
        return {name: value for name, value in lookups.items() if name not in (OLDER, NEWER)}

    def get_ordering(self, request: HttpRequest, queryset: Any) -> Any:
        return [self.model_admin.key_order]

    def get_results(self, request: HttpRequest) -> None:
        size = self.list_per_page
        falling = self.model_admin.key_order.startswith("-")
        rows = self.queryset
        if getattr(request, "too_slow", False):
            rows = rows.none()
        if self.newer_than is not None:
            back = rows.filter(**{"pk__gt" if falling else "pk__lt": self.newer_than})
            found = list(back.order_by("pk" if falling else "-pk")[: size + 1])
            newer, older = len(found) > size, True
            shown = found[:size][::-1]
        else:
            if self.older_than is not None:
                rows = rows.filter(**{"pk__lt" if falling else "pk__gt": self.older_than})
            found = list(rows[: size + 1])
            newer, older = self.older_than is not None, len(found) > size
            shown = found[:size]
        self.model_admin.about_to_show(request, shown)
        self.result_list: Any = shown
        self.result_count = len(shown)
        self.newer_page = self._at({NEWER: shown[0].pk}) if newer and shown else ""
        self.older_page = self._at({OLDER: shown[-1].pk}) if older and shown else ""
        self.first_page = self._at({}) if self.newer_than or self.older_than else ""
        self.show_full_result_count = False
        self.full_result_count = None  # type: ignore[assignment]
        self.show_admin_actions = bool(shown)
        self.can_show_all = self.multi_page = False

    def _at(self, place: dict[str, int]) -> str:
        return self.get_query_string(place, [OLDER, NEWER])


class StaffAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A page of ours. For an officer of a kecamatan it shows nothing until `of_kecamatan` says what."""

    actions: Any = None
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    change_list_template = "staff/list.html"
    view_on_site = False
    key_order = "-pk"

    def of_kecamatan(self, rows: Any, kecamatan: int) -> Any:
        """Those rows that an officer of this kecamatan sees."""
        return rows.none()

    def about_to_show(self, request: HttpRequest, rows: Sequence[models.Model]) -> None:
        """Complete the rows of a list page and put the look on record, before they are shown."""

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        user: Any = request.user
        scope = scope_of(user)
        return rows if scope.kecamatan is None else self.of_kecamatan(rows, scope.kecamatan)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_sortable_by(self, request: HttpRequest) -> Any:
        return ()

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[ChangeList]:
        return KeysetList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        self._keep_known_parameters(request)
        try:
            return self._in_time(request, extra_context)
        except OperationalError as error:
            if getattr(error.__cause__, "pgcode", None) != "57014":
                raise
        request.too_slow = True  # type: ignore[attr-defined]
        messages.warning(request, _("Pencarian terlalu luas. Persempit saringan, lalu coba lagi."))
        return super().changelist_view(request, extra_context)

    def _in_time(self, request: HttpRequest, extra_context: dict[str, Any] | None) -> HttpResponseBase:
        with transaction.atomic():
            with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [PATIENCE])
            return super().changelist_view(request, extra_context)

    def _keep_known_parameters(self, request: HttpRequest) -> None:
        """Parameters of nobody's, and values that no filter can mean, are left out instead of failing."""
        names = [OLDER, NEWER, "e"]
        for spec in self.get_list_filter(request):
            one: Any = spec[0] if isinstance(spec, tuple | list) else spec
            names.append(one if isinstance(one, str) else one.parameter_name)
        kept = QueryDict(mutable=True)
        for name, values in request.GET.lists():
            good = [value for value in values if "\0" not in value and len(value) <= LONGEST_VALUE]
            if good and any(name == known or name.startswith(f"{known}__") for known in names):
                kept.setlist(name, good)
        request.GET = kept  # type: ignore[assignment]


class ReadOnly:
    """Mixed in: a page that only shows. Whoever may see it changes nothing in it."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class OwnPage(ReadOnly):
    """Mixed in: what there is to see of a row, its history too, is on a page of ours instead of a form."""

    opts: Any

    def page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The page, for whoever may see it."""
        raise NotImplementedError

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return self.page(request, object_id)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        there = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return HttpResponseRedirect(reverse(there, args=[object_id]))


class Choice(admin.SimpleListFilter):
    """A filter with fixed choices; any other value means no filter at all."""

    def value(self) -> str | None:
        value = super().value()
        return value if value in {str(key) for key, _label in self.lookup_choices} else None
