"""Application declaration."""

from django.apps import AppConfig


class GouvernanceConfig(AppConfig):
    """Bodies, meetings, annual report."""

    name = "gouvernance"
    label = "gouvernance"
    verbose_name = "Gouvernance"
