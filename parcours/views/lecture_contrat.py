"""How every screen about a contract opens it, and what its page shows. Reads only, the log of consultations apart."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache

from parcours import droits
from parcours import lecture_contrats as lecture
from parcours.droits import contrats as verdicts
from parcours.models import Contrat, EtatContrat, TransitionContrat
from parcours.operations.circuit_contrats import corrige_depuis_le_renvoi
from parcours.operations.consultations import consigner, motif_du_jour
from parcours.regles import contrats as regles
from parcours.regles.delais import regime_au
from pdi.socle.composants import Etape, Evenement
from pdi.socle.droits import exiger
from pdi.socle.formats import date_courte

from .acces import personne_lue

Vue = Callable[[HttpRequest, Contrat], Any]
TITRES = {
    "": "Préparé", EtatContrat.BROUILLON: "Repris en rédaction",
    EtatContrat.SIGNE: "Signé par la personne et le référent",
    EtatContrat.SOUMIS: "Soumis à validation", EtatContrat.A_CORRIGER: "Renvoyé pour correction",
    EtatContrat.VALIDE: "Validé", EtatContrat.REFUSE: "Refusé", EtatContrat.CLOS: "Clos", EtatContrat.ANNULE: "Annulé",
}  # fmt: skip
TONS = {EtatContrat.VALIDE: "bon", EtatContrat.A_CORRIGER: "veille"}


def contrat_lu(request: HttpRequest, pk: int) -> Contrat:
    """Return the contract with its person as `droits.acces` reads her, or raise 404 outside what the user may find."""
    exiger(verdicts.peut_lister_contrats(request.user))
    contrats = Contrat.objects.visibles_par(request.user).select_related(
        "structure", "referent", "orientation", "dispense_motif", "precedent", "decide_par"
    )
    contrat = get_object_or_404(contrats, pk=pk)
    contrat.personne = personne_lue(request, contrat.personne_id)
    return contrat


def contrat_ouvert(ecran: str) -> Callable[[Vue], Callable[..., Any]]:
    """Open a contract as a person's page opens: freely for one's own people, else after a motive; it is recorded."""

    def decorer(vue: Vue) -> Callable[..., Any]:
        @login_required
        @never_cache
        @wraps(vue)
        def ouvrir(request: HttpRequest, pk: int) -> Any:
            contrat = contrat_lu(request, pk)
            motif = ""
            if droits.acces(request.user, contrat.personne) is droits.Acces.MOTIVE:
                motif = motif_du_jour(personne=contrat.personne, par=request.user)
                if not motif:
                    return redirect("parcours:personne_acces", contrat.personne_id)
            consigner(personne=contrat.personne, par=request.user, ecran=ecran, motif=motif)
            return vue(request, contrat)

        return ouvrir

    return decorer


class LectureContrat:
    """Everything a contract says to one reader, on one day."""

    def __init__(self, contrat: Contrat, utilisateur: Any) -> None:
        """Keep the contract, its reader and the day."""
        self.contrat, self.utilisateur, self.jour = contrat, utilisateur, timezone.localdate()
        self.acteurs = verdicts.acteurs_du_contrat(utilisateur, contrat)

    def etapes(self, transitions: list[TransitionContrat]) -> list[Etape]:
        """Return the steps of the circuit, with the day each was reached."""
        contrat = self.contrat
        dates = {t.vers: date_courte(timezone.localdate(t.le)) for t in reversed(transitions)}
        if contrat.etat in (EtatContrat.ANNULE, EtatContrat.REFUSE):
            faits = [e for e in (EtatContrat.BROUILLON, EtatContrat.SIGNE, EtatContrat.SOUMIS) if e in dates]
            fin = Etape(TITRES[EtatContrat(contrat.etat)], dates.get(contrat.etat, ""), "courant")
            return [*(Etape(e.label.split(" ")[0], dates[e], "fait") for e in faits), fin]
        chemin = [
            (EtatContrat.BROUILLON, "Rédigé", dates.get(EtatContrat.BROUILLON, "")),
            (EtatContrat.SIGNE, "Signé", date_courte(contrat.signe_personne_le) if contrat.signe_personne_le else ""),
            (EtatContrat.SOUMIS, "Soumis", dates.get(EtatContrat.SOUMIS, "")),
            (EtatContrat.VALIDE, "Validé", date_courte(contrat.decide_le) if contrat.decide_le else ""),
            (EtatContrat.CLOS, "Clos", date_courte(contrat.clos_le) if contrat.clos_le else ""),
        ]
        if contrat.etat == EtatContrat.A_CORRIGER:
            chemin.insert(3, (EtatContrat.A_CORRIGER, "À corriger", dates.get(EtatContrat.A_CORRIGER, "")))
        rang = [etat for etat, _, _ in chemin].index(EtatContrat(contrat.etat))
        return [
            Etape(titre, detail if i <= rang else "", "courant" if i == rang else "fait" if i < rang else "")
            for i, (_, titre, detail) in enumerate(chemin)
        ]

    def historique(self, transitions: list[TransitionContrat]) -> list[Evenement]:
        """Return the changes of state, newest first."""
        return [
            Evenement(
                timezone.localdate(t.le),
                f"{TITRES[EtatContrat(t.vers)] if t.de else TITRES['']}{f' par {t.par}' if t.par else ''}",
                texte=t.commentaire, icone=regles.DU_CIRCUIT.get(t.vers, regles.EN_COURS).icone,
                ton=TONS.get(EtatContrat(t.vers), ""), domaine="parcours",
            )
            for t in transitions
        ]  # fmt: skip

    def contexte(self) -> dict[str, Any]:
        """Return what the page shows, and the gestures open to its reader."""
        contrat, jour = self.contrat, self.jour
        transitions = list(contrat.transitions.select_related("par"))
        suites = list(contrat.suites.exclude(etat=EtatContrat.ANNULE).order_by("debut"))
        signees = (EtatContrat.SIGNE, EtatContrat.SOUMIS, EtatContrat.A_CORRIGER, EtatContrat.VALIDE, EtatContrat.CLOS)
        suivi = any(s.etat in signees for s in suites)
        gestes = verdicts.gestes_possibles(contrat, self.acteurs)
        lus, actions = lecture.regimes(), list(contrat.actions.select_related("offre"))
        manques = []
        if "signer_contrat" in gestes and contrat.nature != "ppae":
            manques = regles.manques_pour_signer(self._comme_signe(lus))
        return {
            "contrat": contrat, "personne": contrat.personne, "jour": jour, "suites": suites,
            "affichage": regles.affichage(contrat.etat, contrat.debut, contrat.fin, jour, suite=suivi),
            "numero": numero(contrat), "regime": regime_au(lus, contrat.signe_personne_le or jour),
            "objectifs": list(contrat.objectifs.all()), "actions": actions,
            "sans_action": regles.heures_sans_action(contrat.heures_hebdo, [a.heures_hebdo for a in actions]),
            "dispense": verdicts.motif_dispense_dit(self.utilisateur, contrat), "gestes": gestes, "manques": manques,
            "peut_ecrire": contrat.etat in regles.MODIFIABLES and regles.SUIVI in self.acteurs,
            "peut_suite": contrat.etat in (EtatContrat.VALIDE, EtatContrat.CLOS) and regles.SUIVI in self.acteurs,
            "corrige": corrige_depuis_le_renvoi(contrat), "etapes": self.etapes(transitions),
            "historique": self.historique(transitions),
        }  # fmt: skip

    def _comme_signe(self, lus: list[Any]) -> regles.ContenuContrat:
        self.contrat.revision_le = self.contrat.revision_le or lecture.revision_legale(self.contrat, self.jour, lus)
        return lecture.contenu(self.contrat, self.jour, lus)


def numero(contrat: Contrat) -> int:
    """Return the number of the contract among those of the person, by start (one query)."""
    avant = Contrat.objects.filter(personne=contrat.personne_id, pk__lt=contrat.pk, debut=contrat.debut)
    avant |= Contrat.objects.filter(personne=contrat.personne_id, debut__lt=contrat.debut)
    return avant.exclude(etat=EtatContrat.ANNULE).count() + 1


def reponse_document(octets: bytes, *, nom: str, type_mime: str) -> HttpResponse:
    """Answer a document made for this reader: never kept by a cache, and no name of a person in its own."""
    reponse = HttpResponse(octets, content_type=type_mime)
    reponse["Content-Disposition"] = f'attachment; filename="{nom}"'
    reponse["Cache-Control"] = "private, no-store"
    return reponse
