"""Where the public page of an offer is."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.text import slugify

from offre.models import OffreInsertion


def adresse_publique(offre: OffreInsertion) -> str:
    """Return the public page of an offer, its title in the address."""
    titre = slugify(offre.intitule)[:60].strip("-") or "offre"
    return reverse("offre:offre_publique", args=[offre.pk, titre])


def lien_public(offre: OffreInsertion) -> str:
    """Return the whole address of the public page of an offer."""
    return f"{settings.ADRESSE_PUBLIQUE}{adresse_publique(offre)}"
