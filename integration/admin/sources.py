"""Where data comes from. A new source is made by its first upload."""

from django.contrib import admin

from staff.admin.base import ReadOnly, StaffAdmin

from ..models import Source


@admin.register(Source)
class SourceAdmin(ReadOnly, StaffAdmin):
    list_display = ("slug", "name", "created_at")
    fields = ("slug", "name", "created_at")
