"""Application declaration."""

from django.apps import AppConfig


class ActionsConfig(AppConfig):
    """Programmes, fiches-actions, indicators, bilans."""

    name = "actions"
    label = "actions"
    verbose_name = "Programmes et fiches-actions"
