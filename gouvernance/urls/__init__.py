"""URLs of governance, one module per screen family."""

from django.urls import URLPattern, URLResolver

from . import avenants, decisions, ep, instances, participation, rapports, seances, vie

app_name = "gouvernance"
urlpatterns: list[URLPattern | URLResolver] = [
    *instances.urlpatterns,
    *seances.urlpatterns,
    *decisions.urlpatterns,
    *ep.urlpatterns,
    *participation.urlpatterns,
    *rapports.urlpatterns,
    *avenants.urlpatterns,
    *vie.urlpatterns,
]
