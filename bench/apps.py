"""The benchmark as an app, for the peers' own tables."""

from django.apps import AppConfig


class BenchConfig(AppConfig):
    name = "bench"
