"""Public addresses of this room."""

from django.urls import path

from .views import record

urlpatterns = [path("bast/<str:code>/", record.check, name="record_check")]
