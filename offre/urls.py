"""URLs of the offer."""

from django.urls import URLPattern, URLResolver

app_name = "offre"
urlpatterns: list[URLPattern | URLResolver] = []
