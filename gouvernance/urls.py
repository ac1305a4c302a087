"""URLs."""

from django.urls import URLPattern, URLResolver

app_name = "gouvernance"
urlpatterns: list[URLPattern | URLResolver] = []
