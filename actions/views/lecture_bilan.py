"""What the reading and reviewing pages of a bilan show. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from actions.avancement import pilotes_par_fiche, services_par_fiche
from actions.chiffres import ChiffreAffiche, chiffres_du_bilan, contenu_du_bilan
from actions.droits import (
    peut_ecrire_bilan,
    peut_lire_suivi,
    peut_relire_bilan,
    peut_rouvrir_bilan,
    peut_suivre_fiche,
    peut_valider_bilan,
)
from actions.figures import PointAnnuel
from actions.models import Bilan, CauseEcart, EtatBilan, ExplicationEcart, TransitionBilan
from actions.regles.bilans import PHASES, Manque, affichage, manques_pour_soumettre, phase
from pdi.socle.composants import Affichage, Etape, Evenement
from pdi.socle.formats import date_longue
from pdi.socle.tri import Colonne

TITRES_TRANSITIONS: dict[tuple[str, str], Affichage] = {
    ("", EtatBilan.A_RENSEIGNER): Affichage("Bilan ouvert, chiffres gelés", "neutre", icone="folder2-open"),
    (EtatBilan.A_RENSEIGNER, EtatBilan.SOUMIS): Affichage("Soumis", "info", icone="send-fill"),
    (EtatBilan.A_CORRIGER, EtatBilan.SOUMIS): Affichage("Soumis à nouveau", "info", icone="send-fill"),
    (EtatBilan.SOUMIS, EtatBilan.A_CORRIGER): Affichage("Renvoyé pour correction", "veille", icone="arrow-return-left"),
    (EtatBilan.VALIDE, EtatBilan.A_CORRIGER): Affichage("Rouvert", "veille", icone="arrow-counterclockwise"),
    (EtatBilan.SOUMIS, EtatBilan.VALIDE): Affichage("Validé", "bon", icone="check-circle-fill"),
}


def etat_du_bilan(bilan: Bilan) -> Affichage:
    """Return how the state is shown."""
    return affichage(bilan.etat, commence=bilan.modifie_le is not None)


def titre_renvoi(bilan: Bilan) -> str:
    """Return who asks for a correction, in words."""
    return f"{bilan.renvoye_par or 'Le service'} demande une correction"


def etapes_du_bilan(bilan: Bilan) -> list[Etape]:
    """Return the steps: opened, written, sent back when it was, submitted, validated."""
    campagne, etat = bilan.campagne, bilan.etat
    renvoye, rendu = etat == EtatBilan.A_CORRIGER, etat in {EtatBilan.SOUMIS, EtatBilan.VALIDE}
    etapes = [Etape("Ouvert", f"{date_longue(campagne.ouverte_le, annee=False)}, chiffres gelés", "fait")]
    avant = f"avant le {date_longue(campagne.soumission_avant, annee=False)}"

    def par(date: Any, qui: Any) -> str:
        return f"{date_longue(date, annee=False)}, {qui}"

    if renvoye:
        etapes += [
            Etape("Soumis", par(bilan.soumis_le, bilan.soumis_par), "fait"),
            Etape("Renvoyé pour correction", par(bilan.renvoye_le, bilan.renvoye_par), "courant"),
            Etape("Soumis à nouveau", avant),
        ]
    elif rendu:
        attend = etat == EtatBilan.SOUMIS
        etapes.append(Etape("Rédigé", "", "fait"))
        etapes.append(Etape("Soumis", par(bilan.soumis_le, bilan.soumis_par), "courant" if attend else "fait"))
    else:
        etapes += [
            Etape("À rédiger" if bilan.modifie_le is None else "En rédaction", avant, "courant"),
            Etape("Soumis"),
        ]
    if etat == EtatBilan.VALIDE:
        etapes.append(Etape("Validé", par(bilan.valide_le, bilan.valide_par), "courant"))
    else:
        etapes.append(Etape("Validé", f"avant le {date_longue(campagne.relecture_avant, annee=False)}"))
    return etapes


@dataclass(frozen=True)
class LigneEcart:
    """One missed target and what is said of it."""

    chiffre: ChiffreAffiche
    texte: str
    causes: list[str]


@dataclass(frozen=True)
class LigneComparaison:
    """One indicator, this year beside the year before."""

    chiffre: ChiffreAffiche
    avant: PointAnnuel
    evolution: Decimal | None
    ton: str


class LectureBilan:
    """Everything a bilan says, computed once."""

    def __init__(self, bilan: Bilan, utilisateur: Any) -> None:
        """Keep the bilan and who reads it."""
        self.bilan, self.utilisateur = bilan, utilisateur

    @cached_property
    def chiffres(self) -> list[ChiffreAffiche]:
        """Return the figures."""
        return chiffres_du_bilan(self.bilan)

    @cached_property
    def manques(self) -> list[Manque]:
        """Return what keeps it from being submitted."""
        return manques_pour_soumettre(contenu_du_bilan(self.bilan, self.chiffres))

    @cached_property
    def ecarts(self) -> list[LigneEcart]:
        """Return the missed targets with their explanations."""
        dites = {e.indicateur_id: e for e in ExplicationEcart.objects.filter(bilan=self.bilan)}
        return [
            LigneEcart(
                c,
                dites[c.indicateur.pk].texte if c.indicateur.pk in dites else "",
                [CauseEcart(x).label for x in dites[c.indicateur.pk].causes] if c.indicateur.pk in dites else [],
            )
            for c in self.chiffres
            if c.a_expliquer
        ]

    def comparaison(self) -> list[LigneComparaison]:
        """Return the indicators that have a value this year and the year before."""
        lignes = []
        for chiffre in self.chiffres:
            avant = chiffre.points[-2]
            if chiffre.valeur is None or avant.valeur is None:
                continue
            evolution = chiffre.valeur - avant.valeur
            mieux = {"hausse": evolution > 0, "baisse": evolution < 0}.get(chiffre.indicateur.sens)
            ton = "neutre" if not evolution or mieux is None else "bon" if mieux else "veille"
            lignes.append(LigneComparaison(chiffre, avant, evolution, ton))
        return lignes

    def historique(self) -> list[Evenement]:
        """Return the changes of state, newest first."""
        transitions = TransitionBilan.objects.filter(bilan=self.bilan).select_related("par")
        evenements = []
        for t in transitions:
            dit = TITRES_TRANSITIONS.get((t.de, t.vers)) or PHASES[phase(t.vers, commence=True)]
            qui = f" par {t.par}" if t.par and t.de else ""
            evenements.append(Evenement(t.le, f"{dit.libelle}{qui}", texte=t.commentaire, icone=dit.icone, ton=dit.ton))
        return evenements

    def contexte(self) -> dict[str, Any]:
        """Return what the templates read."""
        bilan, qui = self.bilan, self.utilisateur
        annee = bilan.campagne.annee
        precedent = Bilan.objects.visibles_par(qui).filter(fiche=bilan.fiche_id, campagne__annee=annee - 1).first()
        return {
            "bilan": bilan,
            "campagne": bilan.campagne,
            "fiche": bilan.fiche,
            "etat": etat_du_bilan(bilan),
            "etapes": etapes_du_bilan(bilan),
            "chiffres": self.chiffres,
            "ecarts": self.ecarts,
            "comparaison": self.comparaison(),
            "colonnes_comparaison": [
                "Indicateur",
                Colonne(str(annee - 1), nb=True),
                Colonne(str(annee), nb=True),
                Colonne("Évolution", nb=True),
            ],
            "titre_renvoi": titre_renvoi(bilan),
            "precedent": precedent,
            "historique": self.historique(),
            "sans_valeur": [c for c in self.chiffres if not c.renseigne],
            "pilotes": pilotes_par_fiche([bilan.fiche_id]).get(bilan.fiche_id, []),
            "service": services_par_fiche([bilan.fiche_id]).get(bilan.fiche_id, ""),
            "voit_campagne": peut_lire_suivi(qui),
            "peut_suivre": peut_suivre_fiche(qui, bilan.fiche),
            "peut_ecrire": peut_ecrire_bilan(qui, bilan),
            "peut_relire": peut_relire_bilan(qui, bilan),
            "peut_valider": peut_valider_bilan(qui, bilan),
            "peut_rouvrir": peut_rouvrir_bilan(qui, bilan),
        }
