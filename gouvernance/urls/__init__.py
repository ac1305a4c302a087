"""URLs of governance, one module per screen family."""

from django.urls import URLPattern, URLResolver

from . import instances, rapports

app_name = "gouvernance"
urlpatterns: list[URLPattern | URLResolver] = [*instances.urlpatterns, *rapports.urlpatterns]
