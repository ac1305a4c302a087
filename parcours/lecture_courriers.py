"""What letters merge: read for many people at once, in as many queries as for one."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils import timezone

from parcours.documents.courrier import Lettre, expediteur
from parcours.lecture_contrats import regimes
from parcours.models import (
    Adresse,
    AffectationReferent,
    Contrat,
    Entretien,
    EtatEntretien,
    ModeleCourrier,
    Orientation,
    Personne,
)
from parcours.regles import courriers as regles
from parcours.regles.delais import regime_au
from pdi.socle.formats import INSECABLE, date_longue
from pdi.territoires.noms import nom_de_la_collectivite

CIVILITES = {"F": "Madame", "H": "Monsieur"}


def preparer_lettres(cles: Sequence[int], modele: ModeleCourrier, par: Any) -> dict[int, Lettre | str]:
    """Return {person: letter, or why it cannot be written}. Eight queries, whatever the number of people."""
    jour = timezone.localdate()
    personnes = Personne.objects.filter(pk__in=cles).defer("nir_chiffre", "nir_empreinte", "recherche")
    lues = _Lectures(list(cles), jour)
    return {p.pk: _lettre(p, modele, par, lues) for p in personnes}


class _Lectures:
    """The rows that merge fields read, by person."""

    def __init__(self, cles: list[int], jour: datetime.date) -> None:
        self.jour, self.regimes = jour, regimes()
        du_jour = {"personne__in": cles, "periode__contains": jour}
        self.adresses = _par_personne(Adresse.objects.filter(**du_jour).select_related("commune"))
        self.suivis = _par_personne(
            AffectationReferent.objects.filter(**du_jour).select_related("structure", "referent")
        )
        self.orientations = _par_personne(Orientation.objects.filter(**du_jour).select_related("structure"))
        entretiens = Entretien.objects.filter(personne__in=cles)
        self.prochains = _par_personne(
            entretiens.filter(etat=EtatEntretien.PREVU, debut__gte=timezone.now()).order_by("-debut")
        )
        self.absences = _par_personne(
            entretiens.filter(etat=EtatEntretien.MANQUE, debut__lt=timezone.now()).order_by("debut")
        )
        self.contrats = _par_personne(Contrat.objects.valides_au(jour).filter(personne__in=cles).order_by("debut"))

    def valeurs(self, personne: Personne) -> dict[str, str]:
        """Return the merge fields of one person; what is unknown is left out."""
        cle = personne.pk
        suivi, orientation = self.suivis.get(cle), self.orientations.get(cle)
        structure = self.structure(cle)
        rdv, absence, contrat = self.prochains.get(cle), self.absences.get(cle), self.contrats.get(cle)
        valeurs = {
            "civilite": civilite(personne), "prenom": personne.prenoms.split(" ")[0],
            "nom": personne.nom_usage or personne.nom_naissance, "date": date_longue(self.jour),
            regles.ACCORD: personne.sexe,
        }  # fmt: skip
        if suivi:
            valeurs["referent"] = str(suivi)
        if structure:
            valeurs |= {
                "structure": structure.nom, "structure_adresse": structure.adresse,
                "structure_telephone": structure.telephone,
            }  # fmt: skip
        if rdv:
            debut = timezone.localtime(rdv.debut)
            heure = f"{debut.hour}{INSECABLE}h{INSECABLE}{debut:%M}"
            valeurs |= {"rdv_date": date_longue(debut.date(), jour=True), "rdv_heure": heure, "rdv_lieu": rdv.lieu}
        if absence:
            valeurs["absence_date"] = date_longue(timezone.localdate(absence.debut), jour=True)
        if orientation:
            regime = regime_au(self.regimes, orientation.decidee_le)
            valeurs |= {
                "orientation": regime.libelle_type(orientation.type_decide),
                "orientation_date": date_longue(orientation.decidee_le),
            }  # fmt: skip
        if contrat:
            valeurs["contrat_fin"] = date_longue(contrat.fin)
        return valeurs

    def structure(self, cle: int) -> Any:
        """Return the structure that follows the person, else the one she is oriented to."""
        suivi = self.suivis.get(cle) or self.orientations.get(cle)
        return suivi.structure if suivi else None


def _par_personne(lignes: Any) -> dict[int, Any]:
    """Return one row a person: the last of the order."""
    return {ligne.personne_id: ligne for ligne in lignes}


def civilite(personne: Personne) -> str:
    """Return « Madame », « Monsieur », both when the sex is unknown."""
    return CIVILITES.get(personne.sexe, "Madame, Monsieur")


def _lettre(personne: Personne, modele: ModeleCourrier, par: Any, lues: _Lectures) -> Lettre | str:
    adresse = lues.adresses.get(personne.pk)
    qui = f"{civilite(personne)} {personne}" if personne.sexe else str(personne)
    destinataire = (
        regles.lignes_adresse(
            qui, adresse.complement, adresse.lignes, adresse.code_postal, adresse.commune.nom if adresse.commune else ""
        )
        if adresse
        else []
    )
    if not destinataire:
        return regles.SANS_ADRESSE
    valeurs = lues.valeurs(personne)
    if manquants := regles.champs_manquants(valeurs, modele.objet, modele.corps):
        phrase = f"{', '.join(manquants)}."
        return phrase[:1].upper() + phrase[1:]
    return Lettre(
        expediteur=expediteur(nom_de_la_collectivite(settings.DEPARTEMENT_CODE), lues.structure(personne.pk)),
        destinataire=destinataire,
        date=lues.jour.isoformat(),
        objet=regles.fusionner(modele.objet, valeurs),
        paragraphes=[regles.fusionner(ligne, valeurs) for ligne in modele.corps.splitlines() if ligne.strip()],
        signataire=str(par),
        fonction=par.fonction,
        fictive=personne.fictive,
    )
