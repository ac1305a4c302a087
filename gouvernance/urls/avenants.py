"""URLs: proposals of change and avenants."""

from django.urls import URLPattern, URLResolver, path

from gouvernance.views import avenants, creations, modifications

urlpatterns: list[URLPattern | URLResolver] = [
    path("avenants", avenants.avenants, name="avenants"),
    path("avenants/export", avenants.avenants_export, name="avenants_export"),
    path("avenants/creer", avenants.avenant_creer, name="avenant_creer"),
    path("avenants/<int:pk>", avenants.avenant, name="avenant"),
    path("avenants/<int:pk>/modifier", avenants.avenant_modifier, name="avenant_modifier"),
    path("avenants/<int:pk>/composer", avenants.avenant_composer, name="avenant_composer"),
    path("avenants/<int:pk>/vote", avenants.avenant_voter, name="avenant_voter"),
    path("avenants/<int:pk>/reprendre", avenants.avenant_reprendre, name="avenant_reprendre"),
    path("avenants/<int:pk>/annexe.<slug:forme>", avenants.avenant_annexe, name="avenant_annexe"),
    path("avenants/<int:pk>/geste/<slug:geste>", avenants.avenant_geste, name="avenant_geste"),
    path("modifications", modifications.modifications, name="modifications"),
    path("modifications/export", modifications.modifications_export, name="modifications_export"),
    path("fiches/<int:pk>/proposer", modifications.modification_proposer, name="modification_proposer"),
    path("programmes/<slug:code>/proposer-une-fiche", creations.fiche_proposer, name="fiche_proposer"),
    path("modifications/<int:pk>", modifications.modification, name="modification"),
    path("modifications/<int:pk>/modifier", modifications.modification_corriger, name="modification_corriger"),
    path("modifications/<int:pk>/ecarter", modifications.modification_ecarter, name="modification_ecarter"),
    path("modifications/<int:pk>/geste/<slug:geste>", modifications.modification_geste, name="modification_geste"),
]
