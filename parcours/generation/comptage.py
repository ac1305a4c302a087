"""One person, one year: what each indicator counts (docs/indicateurs.md)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .contexte import REGIME_B
from .evenements import Contrat, Jour, Orientation
from .groupes import Menage, Parcours
from .hasard import ajouter_mois, plus
from .parametres import SPE

if TYPE_CHECKING:
    from .attendus import Attendus

ETATS_OUVERTS = ("2",)
CONTRATS = ("cer", "ce")
ORIGINES = ("referent", "prestataire", "auto", "plateforme")
SUIVIS = (1, 3, 6, 12)


@dataclass(slots=True)
class Case:
    """One figure being counted."""

    numerateur: Decimal = Decimal(0)
    denominateur: int = 0
    manquants: int = 0
    jours: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Entree:
    """An entry of a person, its first orientation and first contract."""

    jour: Jour
    suivante: Jour | None
    orientation: Orientation | None = None
    signature: Jour | None = None


def valide(contrat: Contrat, jour: Jour) -> bool:
    """Return whether that contract is valid on `jour`."""
    return (
        contrat.nature in CONTRATS
        and contrat.etat in ("valide", "clos")
        and contrat.debut <= jour <= contrat.fin
        and (contrat.clos_le is None or contrat.clos_le > jour)
    )


def _a_contractualiser(orientation: Orientation, reference: Jour) -> bool:
    return reference >= REGIME_B or orientation.organisme != "france_travail"


def tranche_age(naissance: Jour | None, jour: Jour) -> str:
    """Return the age band on `jour`."""
    if naissance is None:
        return ""
    age = jour.year - naissance.year - ((jour.month, jour.day) < (naissance.month, naissance.day))
    for borne, tranche in ((25, "0-24"), (30, "25-29"), (40, "30-39"), (50, "40-49"), (60, "50-59")):
        if age < borne:
            return tranche
    return "60+"


class Annee:
    """One person, one year."""

    def __init__(
        self, attendus: Attendus, menage: Menage, parcours: Parcours, entrees: list[Entree], annee: int
    ) -> None:
        self.attendus, self.menage, self.parcours, self.entrees, self.annee = attendus, menage, parcours, entrees, annee
        self.au = attendus.au
        self.premier = datetime.date(annee, 1, 1)
        self.jour = min(datetime.date(annee, 12, 31), self.au)
        self._axes: dict[Jour, dict[str, str]] = {}

    def compter(self) -> None:
        """Count every indicator of that year."""
        self._stocks()
        self._cohortes()
        self._rendez_vous()
        self._sorties()
        self._activite()
        self._prescriptions()

    def _axes_au(self, jour: Jour, **autres: str) -> dict[str, str]:
        axes = self._axes.get(jour)
        if axes is None:
            personne = self.parcours.personne
            axes = {"sexe": personne.sexe, "age": tranche_age(personne.date_naissance, jour)}
            territoire = self.attendus.ctx.territoire(self.parcours, jour)
            if territoire:
                axes["territoire"] = territoire
            self._axes[jour] = axes
        return {**axes, **autres} if autres else axes

    def _ajouter(self, code: str, axes: dict[str, str], **compte: Any) -> None:
        self.attendus.ajouter(code, self.annee, axes, **compte)

    def _dans(self, jour: Jour | None) -> bool:
        return jour is not None and self.premier <= jour <= self.jour

    # -- stocks ---------------------------------------------------------------------------------------

    def droit(self) -> tuple[bool, bool]:
        """Return (is SDD(J), is Missing(J))."""
        mois = self.jour.replace(day=1)
        for droit in self.parcours.droits:
            if droit.periode.contient(self.jour):
                etat = self.menage.etats.get((droit.dossier_id, mois))
                manque = etat in ETATS_OUVERTS if droit.recu is None else droit.recu and etat is None
                return bool(droit.recu) and etat in ETATS_OUVERTS, manque
        return False, False

    def _stocks(self) -> None:
        soumis, manque = self.droit()
        orientation = self.orientation()
        axes = self._axes_au(self.jour, type=orientation.type_decide if orientation else "")
        if manque:
            self._ajouter("taux_orientation", axes, manquants=1)
        if not soumis:
            return
        self._ajouter("taux_orientation", axes, num=int(orientation is not None), den=1)
        self._delais(orientation)
        self._reorientations()
        if orientation is None:
            return
        reference = any(a.periode.contient(self.jour) for a in self.parcours.affectations)
        self._ajouter("taux_referencement", axes, num=int(reference), den=1)
        delegue = orientation.mode == "delegataire"
        self._ajouter("suivis_delegataires", axes, num=int(delegue), den=1)
        if _a_contractualiser(orientation, self.jour):
            tenu = int(any(valide(c, self.jour) for c in self.parcours.contrats))
            self._ajouter("taux_contractualisation", axes, num=tenu, den=1)
            if delegue:
                self._ajouter("taux_contractualisation_delegataires", axes, num=tenu, den=1)

    def orientation(self) -> Orientation | None:
        """Return the orientation at J."""
        return next((o for o in self.parcours.orientations if o.periode.contient(self.jour)), None)

    def derniere_entree(self) -> Entree | None:
        """Return the last entry at J."""
        return max((e for e in self.entrees if e.jour <= self.jour), key=lambda e: e.jour, default=None)

    def delais(self) -> Iterator[tuple[str, int]]:
        """Yield the delays of the last entry that end in the year: « orientation », « contrat », and their days."""
        derniere = self.derniere_entree()
        premiere = derniere.orientation if derniere else None
        if derniere is None or premiere is None:
            return
        decidee, signature = premiere.decidee_le, derniere.signature
        if self._dans(decidee):
            yield "orientation", (decidee - derniere.jour).days
        if decidee <= self.jour and signature and self._dans(signature) and _a_contractualiser(premiere, decidee):
            yield "contrat", (signature - decidee).days

    def _delais(self, en_cours: Orientation | None) -> None:
        derniere = self.derniere_entree()
        if derniere is None:
            return
        premiere = derniere.orientation
        if premiere is None or premiere.decidee_le > self.jour:
            if en_cours:
                axes = self._axes_au(self.jour, type=en_cours.type_decide)
                self._ajouter("delai_orientation", axes, manquants=1)
            return
        axes = self._axes_au(self.jour, type=premiere.type_decide)
        for nom, jours in self.delais():
            code = "delai_orientation" if nom == "orientation" else "delai_orientation_contrat"
            self._ajouter(code, axes, num=jours, den=1, jours=jours)

    def dernier_passage(self) -> str:
        """Return the way of the last change of the year, « vers_spe » or « hors_spe »; empty without one."""
        sens = ""
        par_fin = {o.periode.fin: o for o in self.parcours.orientations if o.periode.fin}
        for o in sorted(self.parcours.orientations, key=lambda o: (o.decidee_le, o.rang)):
            avant = par_fin.get(o.periode.debut)
            if avant and self._dans(o.decidee_le) and (o.organisme in SPE) != (avant.organisme in SPE):
                sens = "vers_spe" if o.organisme in SPE else "hors_spe"
        return sens

    def _reorientations(self) -> None:
        sens, axes = self.dernier_passage(), self._axes_au(self.jour)
        self._ajouter("reorientations", axes, num=int(bool(sens)), den=1)
        for possible in ("vers_spe", "hors_spe"):
            self._ajouter(f"reorientations_{possible}", axes, num=int(sens == possible), den=1)

    # -- cohorts --------------------------------------------------------------------------------------

    def _cohortes(self) -> None:
        for e in self.entrees:
            premiere = e.orientation
            if self._dans(e.jour):
                axes = self._axes_au(e.jour, mois=f"{e.jour:%Y-%m}")
                self._ajouter("taux_orientation_flux", axes, num=int(premiere is not None), den=1)
                fin_de_mois = plus(ajouter_mois(e.jour.replace(day=1), 1), -1)
                if plus(fin_de_mois, 31) <= self.au:
                    vite = premiere is not None and (premiere.decidee_le - e.jour).days <= 31
                    self._ajouter("orientation_1_mois", axes, num=int(vite), den=1)
            if premiere and self._dans(premiere.decidee_le) and _a_contractualiser(premiere, premiere.decidee_le):
                jour = premiere.decidee_le
                axes = self._axes_au(jour, mois=f"{jour:%Y-%m}", type=premiere.type_decide)
                self._ajouter("taux_contractualisation_flux", axes, num=int(e.signature is not None), den=1)

    def _rendez_vous(self) -> None:
        entretiens = [(e.debut.date(), e) for e in self.parcours.entretiens]
        for jour, entretien in entretiens:
            if not self._dans(jour):
                continue
            if entretien.etat in ("tenu", "manque"):
                self._ajouter("taux_presence", self._axes_au(jour), num=int(entretien.etat == "tenu"), den=1)
            elif entretien.etat == "prevu" and jour < self.au:
                self._ajouter("taux_presence", self._axes_au(jour), manquants=1)
        for o in self.parcours.orientations:
            limite = plus(o.decidee_le, 15)
            if not self._dans(o.decidee_le) or limite > self.au:
                continue
            axes = self._axes_au(o.decidee_le, type=o.type_decide)
            if o.organisme == "france_travail":
                self._ajouter("delai_premier_rdv_15j", axes, manquants=1)
                continue
            donne = any(
                o.decidee_le <= jour <= limite
                and e.nature in ("premier", "suivi", "bilan")
                and e.etat in ("tenu", "manque", "excuse")
                for jour, e in entretiens
            )
            self._ajouter("delai_premier_rdv_15j", axes, num=int(donne), den=1)

    # -- exits -----------------------------------------------------------------------------------------

    def _sorties(self) -> None:
        types = self.attendus.ctx.monde.types_sortie
        prescriptions = {p.id: p for p in self.parcours.prescriptions}
        suivis = {(s.sortie_id, s.mois): s for s in self.parcours.suivis}
        retour = False
        for sortie in self.parcours.sorties:
            type_sortie = types[sortie.type_id]
            if sortie.nature == "accompagnement" and type_sortie.emploi:
                for mois in SUIVIS:
                    if self._dans(ajouter_mois(sortie.date, mois)):
                        suivi = suivis.get((sortie.id, mois))
                        situation = suivi.situation if suivi and (suivi.recueilli_le or self.au) <= self.au else ""
                        self._ajouter(
                            f"maintien_{mois}_mois",
                            self._axes_au(sortie.date),
                            num=int(situation == "emploi"),
                            den=1,
                            manquants=int(situation in ("", "injoignable")),
                        )
            if not self._dans(sortie.date) or type_sortie.categorie == "neutralisee":
                continue
            axes = self._axes_au(sortie.date)
            if sortie.nature == "accompagnement":
                retour = retour or type_sortie.emploi
                self._ajouter("taux_retour_emploi", axes, num=int(type_sortie.emploi), den=1)
            elif sortie.nature == "action" and sortie.prescription_id:
                entree = prescriptions[sortie.prescription_id].entree_le
                if entree and (sortie.date - entree).days >= type_sortie.duree_min:
                    positive = int(type_sortie.categorie in ("durable", "transition", "positive"))
                    self._ajouter("taux_sortie_positive", axes, num=positive, den=1)
                    self._ajouter("taux_sortie_positive_participants", axes, num=positive)
        axes = self._axes_au(self.jour)
        suivie = any(a.periode.chevauche(self.premier, self.jour) for a in self.parcours.affectations)
        if retour or suivie:
            self._ajouter("taux_retour_emploi_suivis", axes, num=int(retour), den=int(suivie))

    # -- activity -----------------------------------------------------------------------------------------

    def _activite(self) -> None:
        vie = self.parcours
        acte = (
            any(a.periode.chevauche(self.premier, self.jour) for a in vie.affectations)
            or any(e.etat == "tenu" and self._dans(e.debut.date()) for e in vie.entretiens)
            or any(c.etat not in ("brouillon", "annule") and self._dans(c.signe_personne_le) for c in vie.contrats)
            or any(self._dans(o.decidee_le) for o in vie.orientations)
            or any(x.etat != "annulee" and self._dans(x.renseignee_le) for x in vie.prescriptions)
            or any(self._dans(x.demandee_le) for x in vie.aides)
        )
        if acte:
            self._ajouter("file_active", self._axes_au(self.jour), num=1)
        verse = [x.montant for x in vie.aides if x.etat == "versee" and self._dans(x.versee_le)]
        if verse:
            self._ajouter("cout_par_usager", self._axes_au(self.jour), num=sum(verse, Decimal(0)), den=1)

    def _prescriptions(self) -> None:
        offres = self.attendus.offres
        suivies: set[str] = set()
        for une in self.parcours.prescriptions:
            offre = offres[une.offre_id] if une.offre_id else None
            if self._dans(une.renseignee_le) and une.etat != "annulee":
                axes = self._axes_au(une.renseignee_le)
                self._ajouter("prescriptions", axes, num=1)
                for origine in ORIGINES:
                    self._ajouter(f"prescriptions_{origine}", axes, num=int(une.origine == origine), den=1)
            if offre and offre.compte_places and self._dans(une.entree_le):
                self._ajouter("taux_occupation", {}, num=1)
            if une.entree_le and une.entree_le <= self.jour and (une.fin_le is None or une.fin_le >= self.premier):
                suivies.add(offre.numero if offre else "")
                reference = une.fin_le if une.fin_le and self._dans(une.fin_le) else self.jour
                self._ajouter("taux_sortie_positive_participants", self._axes_au(reference), den=1)
        if suivies:
            self._genre(sorted(suivies))

    def _genre(self, offres: Sequence[str]) -> None:
        """Count the person once in the total and on each axis, and once in each offer."""
        sexe, axes = self.parcours.personne.sexe, self._axes_au(self.jour)
        compte = {"num": int(sexe == "F"), "den": int(bool(sexe)), "manquants": int(not sexe)}
        self._ajouter("usagers_genres", axes, **compte)
        for numero in offres:
            case = self.attendus.cases.setdefault(("usagers_genres", self.annee, "offre", numero), Case())
            case.numerateur += compte["num"]
            case.denominateur += compte["den"]
            case.manquants += compte["manquants"]
