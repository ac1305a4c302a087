"""What a person's page shows: banner, flags, state, next steps, timeline, sections, who looked. See docs/composants."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from parcours import chronologie, droits, page
from parcours.a_faire import DESIGNER, ORIENTER, AFaire
from parcours.adresses import de_fait
from parcours.droits.affectations import peut_designer_referent
from parcours.droits.identite import peut_modifier_identite
from parcours.droits.orientation import peut_orienter
from parcours.etat import Parcours
from parcours.frise import FiltreFrise, frise
from parcours.identite import Identite, foyer_en_mots, identite
from parcours.models import Canal, Consultation
from parcours.querysets import prescriptions_adressees
from parcours.regles.delais import age_au
from pdi.comptes.models import Role
from pdi.socle.tri import Colonne

DERNIERES_CONSULTATIONS = 10
COLONNES = (Colonne("Prochaine étape"), Colonne("Qui"), Colonne("Échéance"), Colonne("Geste", masquee=True))
CIVILITES = {"F": "Mme", "H": "M."}


def faits_lus(utilisateur: Any, personne: Any, acces: droits.Acces) -> list[chronologie.Fait]:
    """Return the events the reader may know: a prestataire, the prescriptions addressed to it."""
    lus = chronologie.faits(personne.pk)
    if acces is not droits.Acces.REDUIT:
        return lus
    structures = utilisateur.structures_du_role(Role.PRESTATAIRE)
    siennes = set(prescriptions_adressees(structures).filter(personne=personne).values_list("pk", flat=True))
    return [f for f in lus if f.genre == chronologie.PRESCRIPTION and f.objet in siennes]


def _nom(personne: Any) -> str:
    """Return « Mme Jeanne EXEMPLE »."""
    nom = (personne.nom_usage or personne.nom_naissance).upper()
    prenom = personne.prenoms.split(" ")[0] if personne.prenoms else ""
    return " ".join(m for m in (CIVILITES.get(personne.sexe, ""), prenom, nom) if m)


MANQUES = {
    Canal.TELEPHONE: ("telephone", "numéro à demander"),
    Canal.SMS: ("telephone", "numéro à demander"),
    Canal.COURRIEL: ("courriel", "courriel à demander"),
    Canal.COURRIER: ("commune", "adresse à demander"),
}


def _manque(personne: Any) -> str:
    """Return the contact that the preferred channel needs and nobody knows, in words; empty when it is there."""
    champ, mots = MANQUES[personne.canal]
    return "" if getattr(personne, champ) else mots


def _consultations(personne: Any) -> list[Consultation]:
    """Return who opened the page last, for those who supervise."""
    return list(Consultation.objects.filter(personne=personne).select_related("par")[:DERNIERES_CONSULTATIONS])


class PagePersonne:
    """The page of `personne`, read by `personne_lue`, for the user of `request`.

    Eleven queries at most, then those of its sections.
    """

    def __init__(self, request: HttpRequest, personne: Any, acces: droits.Acces, jour: datetime.date) -> None:
        """Decide what this reader sees and may do."""
        self.request, self.personne, self.acces, self.jour = request, personne, acces, jour
        self.entiere = acces is not droits.Acces.REDUIT
        self.lecture = page.Lecture(
            personne, request.user, jour, ecrit=bool(droits.peut_suivre(request.user, personne)),
            voit_sante=droits.voit_sante(request.user, personne),
        )  # fmt: skip

    def _lien(self, fait: chronologie.Fait) -> str:
        """Return the page of an event the reader may open: after a motive, this page alone is open to them."""
        if self.acces is droits.Acces.MOTIVE:
            return ""
        return de_fait(fait)

    def contexte(self, motif: str) -> dict[str, Any]:
        """Return everything the template reads."""
        p, faits = self.personne, faits_lus(self.request.user, self.personne, self.acces)
        if self.entiere:
            faits = chronologie.ordonner([*faits, *page.faits(self.lecture)])
        contexte = {
            "personne": p, "nom": _nom(p), "reduite": not self.entiere, "motif": motif, "jour": self.jour,
            "age": age_au(p.date_naissance, self.jour) if p.date_naissance else None,
            "frise": frise(faits, FiltreFrise(self.request.GET), self._lien, self.jour),
            "identite": Identite(), "foyer": "", "parcours": None, "etapes": [], "colonnes": COLONNES,
            "sections": [], "gestes": [], "ecrit": self.lecture.ecrit, "a_saisir": None,
            "manque": _manque(p), "completer": "",
            "compte_consultations": None, "consultations": [], "voit_consultations": False,
        }  # fmt: skip
        return contexte | self._dossier(faits) if self.entiere else contexte

    def _dossier(self, faits: list[chronologie.Fait]) -> dict[str, Any]:
        """Return what a prestataire does not see."""
        lu = identite(self.personne.pk, self.jour)
        lecture = replace(self.lecture, genres=frozenset(f.genre for f in faits))
        parcours = Parcours(faits, lu.regimes, self.jour, lu, voit_sante=self.lecture.voit_sante)
        noms = droits.voit_consultations(self.request.user, self.personne)
        a_saisir = self._a_saisir(parcours)
        return {
            "identite": lu, "foyer": foyer_en_mots(lu), "parcours": parcours,
            "etapes": AFaire(parcours, self.personne.pk, ecrit=self.lecture.ecrit, fermes=self._fermes()).etapes(),
            "sections": page.sections(lecture), "gestes": page.gestes(lecture, *self._autres(a_saisir)),
            "a_saisir": a_saisir, "completer": self._completer(),
            "compte_consultations": lu.vues, "voit_consultations": noms,
            "consultations": _consultations(self.personne) if noms else [],
        }  # fmt: skip

    def _autres(self, a_saisir: int | None) -> list[page.Geste]:
        """Return the meeting that begins now, when the main button is busy with another."""
        url = reverse("parcours:saisie_ouvrir", args=[self.personne.pk])
        return [page.Geste("Commencer un autre entretien", url, page.RENCONTRER)] if a_saisir else []

    def _completer(self) -> str:
        """Return where the missing contact is written, empty for who may not."""
        if not peut_modifier_identite(self.request.user, self.personne):
            return ""
        ecran = "adresse_ajouter" if self.personne.canal == Canal.COURRIER else "personne_contacts"
        return reverse(f"parcours:{ecran}", args=[self.personne.pk])

    def _fermes(self) -> frozenset[str]:
        """Return the gestures of the next steps that this reader may not do: no link leads to a refusal."""
        verdicts = {ORIENTER: peut_orienter, DESIGNER: peut_designer_referent}
        return frozenset(ecran for ecran, verdict in verdicts.items() if not verdict(self.request.user, self.personne))

    def _a_saisir(self, parcours: Parcours) -> int | None:
        """Return the meeting whose account is awaited: planned today or before, or begun as a draft."""
        if not self.lecture.ecrit:
            return None
        attendus = [
            f for f in parcours.de(chronologie.ENTRETIEN)
            if f.le <= self.jour and (f.b == "prevu" or f.d == "brouillon")
        ]  # fmt: skip
        return attendus[0].objet if attendus else None
