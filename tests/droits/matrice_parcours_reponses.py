"""Lines of the answers by link: whoever holds the address answers; the setting belongs to the operator."""

from __future__ import annotations

import secrets
from typing import Any

from parcours.models import LienReponse
from parcours.operations.liens_reponse import jeton
from pdi.comptes.models import Role
from tests.fabriques_parcours import OffreFactory, PrescriptionFactory, il_y_a, personne_suivie

from .table import Ligne, statuts


def preparer(m: Any) -> None:
    """A prescription sent to the prestataire, and the link it received."""
    m.prescription_a_lien = PrescriptionFactory.create(
        personne=personne_suivie(referent=m.qui(Role.REFERENT)), operateur=m.prestataire, etat="transmise",
        offre=OffreFactory.create(numero="6.1", operateurs=[m.prestataire]),
    )  # fmt: skip
    lien = LienReponse.objects.create(
        prescription=m.prescription_a_lien, graine=secrets.token_urlsafe(32), courriel="a@exemple.fr",
        expire_le=il_y_a(-5),
    )  # fmt: skip
    m.jeton_reponse = jeton(lien)


MATRICE = [
    Ligne("parcours:reponse", statuts(200, anonyme=200), objet=lambda m: {"jeton": m.jeton_reponse},
          ouvert="l’adresse secrète ouvre une prescription, sans nom, à qui la connaît"),
    Ligne("parcours:reponse", statuts(404, anonyme=404), objet=lambda _m: {"jeton": "forge.x"}, cas="forgée"),
    Ligne("parcours:reponse", statuts(422, anonyme=422), objet=lambda m: {"jeton": m.jeton_reponse}, methode="POST",
          donnees=lambda _m: {"reponse": "refusee"}, cas="refus sans motif",
          ouvert="l’adresse secrète répond à une prescription"),
    Ligne("parcours:reponse_reglage", statuts(403, gestion=200, prestataire=200),
          objet=lambda m: {"pk": m.prestataire.pk}),
    Ligne("parcours:reponse_reglage", statuts(403, gestion=302, prestataire=302),
          objet=lambda m: {"pk": m.prestataire.pk}, methode="POST", donnees=lambda _m: {"courriel": "a@exemple.fr"}),
]  # fmt: skip
