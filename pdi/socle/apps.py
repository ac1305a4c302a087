"""Application declaration."""

from django.apps import AppConfig


class SocleConfig(AppConfig):
    """Technical base: jobs, journal, exports, components."""

    name = "pdi.socle"
    label = "socle"
    verbose_name = "Socle"
