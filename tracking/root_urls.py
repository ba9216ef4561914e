"""Addresses that are the same in every language: files that machines look for at the root."""

from django.urls import path

from .views import wellknown

urlpatterns = [
    path("robots.txt", wellknown.robots),
    path("sitemap.xml", wellknown.sitemap),
    path(".well-known/security.txt", wellknown.security),
    path("favicon.ico", wellknown.favicon),
]
