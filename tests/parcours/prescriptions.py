"""What the tests of prescriptions share."""

from __future__ import annotations

from parcours.models import (
    Prescription,
)
from parcours.operations import prescriptions as ops
from parcours.operations.prescriptions import Saisie

ATTENTE = "Reprendre un rythme et confirmer le métier visé."


def ecrire(personne, offre, par, **plus) -> Prescription:
    saisie = Saisie(offre=offre, operateur=offre.operateurs.first(), motivation=ATTENTE, **plus)
    return ops.prescrire(personne=personne, saisie=saisie, par=par)


def envoyer(personne, offre, par) -> Prescription:
    saisie = Saisie(offre=offre, operateur=offre.operateurs.first(), motivation=ATTENTE)
    return ops.prescrire_et_transmettre(personne=personne, saisie=saisie, par=par)


def texte(reponse) -> str:
    return str(reponse.content.decode())
