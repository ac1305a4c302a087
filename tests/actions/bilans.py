"""What the tests of bilans share: a bilan off target, what its author writes."""

from __future__ import annotations

from decimal import Decimal

from actions.operations.bilans import (
    SaisieBilan,
    SaisieExplication,
    enregistrer_brouillon,
)
from actions.operations.chiffres_bilan import geler_chiffres
from tests.fabriques import (
    BilanFactory,
    CibleFactory,
    FicheFactory,
    IndicateurFactory,
    MesureFactory,
    RoleFicheFactory,
)

FAIT = "La plateforme a conduit 4 108 premières orientations cette année."
PREVU = "Lancer l’étude d’automatisation avec la DSI au deuxième trimestre."
POURQUOI = "Deux postes de référent sont restés vacants de mars à septembre."


def bilan_de(pilote, *, indicateurs=0, **champs):
    """A bilan of a fiche that `pilote` pilots, with indicators off target, frozen."""
    fiche = FicheFactory.create()
    RoleFicheFactory.create(fiche=fiche, structure=pilote.habilitations.get().structure)
    for indicateur in IndicateurFactory.create_batch(indicateurs, fiche=fiche):
        MesureFactory.create(indicateur=indicateur, valeur=Decimal("86.0"))
        CibleFactory.create(indicateur=indicateur, valeur=Decimal(90))
    bilan = BilanFactory.create(fiche=fiche, **champs)
    geler_chiffres(bilans=[bilan], annee=bilan.campagne.annee)
    return bilan


def saisie(bilan, texte=FAIT, **plus):
    explications = {i.pk: SaisieExplication(POURQUOI, ("moyens",)) for i in bilan.fiche.indicateurs.all()}
    return SaisieBilan(realisations=texte, perspectives=PREVU, explications=explications, **plus)


def ecrire(bilan, par):
    return enregistrer_brouillon(bilan=bilan, version=bilan.version, saisie=saisie(bilan), par=par)


def formulaire(bilan, **plus):
    donnees = {"version": bilan.version, "realisations": FAIT, "perspectives": PREVU, "evolution_proposee": "non"}
    donnees |= {f"explication-{i.pk}": POURQUOI for i in bilan.fiche.indicateurs.all()}
    return donnees | plus
