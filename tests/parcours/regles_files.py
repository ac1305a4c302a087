"""The queues in plain Python, from parcours.regles.delais: what the SQL of each queue must find, row by row."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Callable, Iterator
from typing import Any

from django.utils import timezone

from parcours.models import (
    AffectationReferent,
    Contrat,
    DemandeReorientation,
    Entretien,
    Orientation,
    Personne,
    Prescription,
    SituationDroitsDevoirs,
    SuiviPostSortie,
)
from parcours.regles import delais
from parcours.regles.delais import OrientationLue, plus_mois

Trouvee = tuple[int, datetime.date | None, datetime.date | None]  # key of the row, since, until
ICI = ("cer", "ce")
ACQUIS, ENGAGES = ("valide", "clos"), ("signe", "soumis", "a_corriger", "valide", "clos")
J = datetime.timedelta(days=1)


class Dossier:
    """Everything about one person, read once."""

    def __init__(self, personne: Personne, tout: dict[str, dict[int, list[Any]]]) -> None:
        self.personne = personne
        for nom, par_personne in tout.items():
            setattr(self, nom, par_personne.get(personne.pk, []))

    droits: list[SituationDroitsDevoirs]
    orientations: list[Orientation]
    affectations: list[AffectationReferent]
    contrats: list[Contrat]
    entretiens: list[Entretien]
    prescriptions: list[Prescription]
    demandes: list[DemandeReorientation]
    suivis: list[SuiviPostSortie]


def dossiers() -> list[Dossier]:
    sources: dict[str, Any] = {
        "droits": SituationDroitsDevoirs.objects.all(), "orientations": Orientation.objects.all(),
        "affectations": AffectationReferent.objects.all(), "entretiens": Entretien.objects.all(),
        "contrats": Contrat.objects.select_related("dispense_motif").prefetch_related("transitions"),
        "prescriptions": Prescription.objects.all(), "demandes": DemandeReorientation.objects.all(),
        "suivis": SuiviPostSortie.objects.select_related("sortie"),
    }  # fmt: skip
    tout: dict[str, dict[int, list[Any]]] = {nom: {} for nom in sources}
    for nom, lignes in sources.items():
        for ligne in lignes:
            cle = ligne.sortie.personne_id if nom == "suivis" else ligne.personne_id
            tout[nom].setdefault(cle, []).append(ligne)
    return [Dossier(personne, tout) for personne in Personne.objects.all()]


class Regles:
    """Who is in each queue on `jour`."""

    def __init__(self, regimes: list[delais.Regime], jour: datetime.date) -> None:
        self.regimes, self.jour = regimes, jour

    def file(self, code: str, lus: list[Dossier]) -> set[Trouvee]:
        regle: Callable[[Dossier], Iterator[Trouvee]] = getattr(self, code)
        sauf = code == "contrat_a_valider"
        return {t for d in lus if sauf or d.personne.deces_le is None for t in regle(d)}

    def _orientation(self, d: Dossier) -> Orientation | None:
        return next((o for o in d.orientations if self.jour in o.periode), None)

    def _hors_ft(self, d: Dossier) -> Orientation | None:
        trouvee = self._orientation(d)
        return trouvee if trouvee and trouvee.organisme != "france_travail" else None

    @staticmethod
    def _tenu(d: Dossier, depuis: datetime.date, natures: tuple[str, ...] = ()) -> bool:
        return any(
            e.etat == "tenu" and e.nature != "orientation" and (not natures or e.nature in natures)
            and timezone.localtime(e.debut).date() >= depuis
            for e in d.entretiens
        )  # fmt: skip

    def _valides(self, d: Dossier) -> list[Contrat]:
        return [
            k for k in d.contrats
            if k.nature in ICI and k.etat in ACQUIS and k.debut <= self.jour <= k.fin
            and (k.clos_le is None or k.clos_le > self.jour)
        ]  # fmt: skip

    def a_orienter(self, d: Dossier) -> Iterator[Trouvee]:
        if self._orientation(d) is None:
            for s in d.droits:
                if s.recu and self.jour in s.periode:
                    finies = [
                        o.periode.upper for o in d.orientations if o.periode.upper and o.periode.upper <= self.jour
                    ]
                    depuis, due = max([s.periode.lower, *finies]), None
                    with contextlib.suppress(LookupError):  # received before the first regime: nothing can be said
                        due = delais.echeance_orientation(self.regimes, depuis)
                    yield s.pk, depuis, due.le if due else None

    def sans_referent(self, d: Dossier) -> Iterator[Trouvee]:
        o = self._orientation(d)
        if o and not any(self.jour in a.periode for a in d.affectations):
            yield o.pk, o.decidee_le, o.decidee_le

    def premier_rdv(self, d: Dossier) -> Iterator[Trouvee]:
        o = self._hors_ft(d)
        if o and not self._tenu(d, o.decidee_le):
            yield o.pk, o.decidee_le, delais.echeance_premier_rendez_vous(self.regimes, o.decidee_le).le

    def sans_contact(self, d: Dossier) -> Iterator[Trouvee]:
        o = self._hors_ft(d)
        if o:
            due = delais.limite_interne(self.regimes, delais.CONTACT, d.personne.dernier_contact or o.decidee_le)
            if due.en_retard(self.jour):
                yield o.pk, due.depuis, due.le

    def contrat_a_signer(self, d: Dossier) -> Iterator[Trouvee]:
        o = self._orientation(d)
        soumise = any(s.recu and self.jour in s.periode for s in d.droits)
        if o is None or not soumise or self._valides(d):
            return
        due = delais.echeance_contrat(
            self.regimes, OrientationLue(o.decidee_le, o.type_decide, o.organisme, o.notifiee_le)
        )
        signe = any(
            k.nature in ICI and k.etat in ENGAGES and k.signe_personne_le and k.signe_personne_le >= o.decidee_le
            and k.fin >= plus_mois(self.jour, -12)
            for k in d.contrats
        )  # fmt: skip
        if due and not signe:
            yield o.pk, due.depuis, due.le

    def contrat_a_renouveler(self, d: Dossier) -> Iterator[Trouvee]:
        o = self._orientation(d)
        engages = [k for k in d.contrats if k.nature in ICI and k.etat in ENGAGES]
        if o is None or not engages:
            return
        k = max(engages, key=lambda c: (c.debut, c.pk))
        terme = k.clos_le or k.fin
        recent = k.fin >= plus_mois(self.jour, -12) and terme <= self.jour + 60 * J
        signe_depuis = k.signe_personne_le is not None and k.signe_personne_le >= o.decidee_le
        if k.etat in ACQUIS and recent and (signe_depuis or terme >= self.jour):
            yield k.pk, k.debut, terme

    def contrat_a_valider(self, d: Dossier) -> Iterator[Trouvee]:
        for k in d.contrats:
            if k.etat == "soumis":
                envois = [timezone.localtime(t.le).date() for t in k.transitions.all() if t.vers == "soumis"]
                depuis = max(envois, default=k.signe_referent_le)
                assert depuis is not None
                yield k.pk, depuis, delais.limite_interne(self.regimes, delais.VALIDATION, depuis).le

    def bilan_contrat(self, d: Dossier) -> Iterator[Trouvee]:
        for k in d.contrats if self._orientation(d) else []:
            fini = plus_mois(self.jour, -12) <= k.fin <= self.jour + 15 * J
            suivi = any(
                c.nature in ICI and c.etat in ACQUIS and (c.debut, c.pk) > (k.debut, k.pk) and c.debut <= self.jour
                for c in d.contrats
            )  # fmt: skip
            if k.nature in ICI and k.etat == "valide" and not k.bilan and fini and not suivi:
                yield k.pk, k.debut, k.fin

    def reexamen(self, d: Dossier) -> Iterator[Trouvee]:
        k = max(self._valides(d), key=lambda c: (c.debut, c.pk), default=None)
        if k is None:
            return
        assert k.signe_personne_le is not None
        regime = delais.regime_au(self.regimes, k.signe_personne_le)
        protege = k.dispense_motif is not None and k.dispense_motif.code in delais.MOTIFS_PROTEGES
        due = None
        if regime.parametres.get("revision_types") is None:
            due = delais.echeance_revision(self.regimes, k.signe_personne_le, type_orientation="", protege=protege)
        le = k.revision_le or (due and due.le)
        if le and le <= self.jour + 30 * J and not self._tenu(d, k.signe_personne_le, ("bilan",)):
            yield k.pk, k.signe_personne_le, le

    def reexamen_social(self, d: Dossier) -> Iterator[Trouvee]:
        o = self._orientation(d)
        if o is None or delais.regime_au(self.regimes, o.decidee_le).parametres.get("revision_types") is None:
            return
        due = delais.echeance_revision(self.regimes, o.decidee_le, type_orientation=o.type_decide)
        releve = any(
            k.signe_personne_le
            and delais.regime_au(self.regimes, k.signe_personne_le).parametres.get("revision_types") is None
            for k in self._valides(d)
        )
        if due and due.le <= self.jour + 30 * J and not releve and not self._tenu(d, o.decidee_le, ("bilan",)):
            yield o.pk, o.decidee_le, due.le

    def prescription(self, d: Dossier) -> Iterator[Trouvee]:
        for p in d.prescriptions:
            if p.etat == "transmise":
                assert p.transmise_le is not None
                yield p.pk, p.transmise_le, delais.limite_interne(self.regimes, delais.REPONSE, p.transmise_le).le

    def reorientation(self, d: Dossier) -> Iterator[Trouvee]:
        for r in d.demandes:
            if r.etat == "en_attente":
                due = delais.limite_interne(self.regimes, delais.REORIENTATION, r.demandee_le)
                yield r.pk, r.demandee_le, due.le

    def suivi_sortie(self, d: Dossier) -> Iterator[Trouvee]:
        for s in d.suivis:
            plus_recent = any(
                autre.sortie_id == s.sortie_id and s.du_le < autre.du_le <= self.jour + 7 * J for autre in d.suivis
            )
            if not s.situation and s.du_le <= self.jour + 7 * J and not plus_recent:
                yield s.pk, s.sortie.date, s.du_le
