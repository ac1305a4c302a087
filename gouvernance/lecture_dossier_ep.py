"""The page of one EP file as one reader sees it: where it stands, what blocks it and why, what may be done."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils import timezone

from gouvernance.droits_ep import acteurs_du_dossier
from gouvernance.models import DecisionEP, DossierEP, EtatDossierEP, GenreLettre, RecoursEP, SensEP
from gouvernance.operations.ep_decision import (
    NOTIFIES,
    a_orienter,
    mesure_de,
    obstacles_a_la_cloture,
    obstacles_a_la_decision,
)
from gouvernance.operations.ep_procedure import EN_PROCEDURE
from gouvernance.regles.ep import AUTOMATE_EP, DECIDEUR, DEMANDEUR, SECRETARIAT, TONS_EP, contradictoire
from gouvernance.regles.lettres_ep import manques
from gouvernance.regles.sanctions_ep import Foyer, avis_exige, delai_contradictoire, dire, s_ecarte
from parcours.droits import Acces, acces, lire_avec_acces
from parcours.regles.delais import Regime
from pdi.socle.composants import Etape, Evenement
from pdi.socle.formats import compte, date_courte

FINIS = (EtatDossierEP.CLOS, EtatDossierEP.RETIRE, EtatDossierEP.SANS_SUITE)
APRES_DECISION = (EtatDossierEP.DECIDE, EtatDossierEP.NOTIFIE, EtatDossierEP.RECOURS, EtatDossierEP.CLOS)
# Gesture of the page → verb of the machine, in the order of the menu; the first possible one is the main button.
GESTES = {
    "soumettre": ("soumettre_dossier_ep", "Soumettre à l’équipe"),
    "intention": ("notifier_intention", "Noter l’intention notifiée"),
    "decider": ("decider_dossier_ep", "Décider"),
    "notifier": ("notifier_decision_ep", "Noter la notification"),
    "issue": ("trancher_recours_ep", "Enregistrer l’issue du recours"),
    "clore": ("clore_dossier_ep", "Clore le dossier"),
    "recours": ("recevoir_recours_ep", "Enregistrer un recours"),
    "desinscrire": ("", "Retirer de l’ordre du jour"),
    "renvoyer": ("renvoyer_dossier_ep", "Renvoyer pour correction"),
    "classer": ("classer_dossier_ep", "Classer sans suite"),
    "retirer": ("retirer_dossier_ep", "Retirer le dossier"),
}


CORRIGIBLES = (EtatDossierEP.CONTRADICTOIRE, EtatDossierEP.INSCRIT)
AVANT_SEANCE = (EtatDossierEP.SOUMIS, EtatDossierEP.CONTRADICTOIRE)
PRINCIPAUX = ("soumettre", "intention", "decider", "notifier", "issue", "clore")


@dataclass(frozen=True)
class Date:
    """A dated step of the procedure, what it means."""

    le: datetime.date
    detail: str
    ton: str = ""


class LectureDossierEP:
    """One file and what the reader may do of it."""

    def __init__(self, dossier: Any, utilisateur: Any, jour: datetime.date) -> None:
        """Keep them; `dossier` comes from `visibles_par`."""
        self.dossier, self.utilisateur, self.jour = dossier, utilisateur, jour
        self.ton, self.icone = TONS_EP[EtatDossierEP(dossier.etat)]
        self.regime = Regime.lire(dossier.regime)
        self.nommee: bool = dossier.a_nommer
        self.avis = getattr(dossier, "avis", None)
        self.decision: DecisionEP | None = getattr(dossier, "decision", None)
        self.contradictoire = contradictoire(dossier.theme)

    @cached_property
    def acteurs(self) -> frozenset[str]:
        """Return what the reader is to the file."""
        return acteurs_du_dossier(self.utilisateur, self.dossier)

    @cached_property
    def page_personne(self) -> str:
        """Return the address of the person's page, empty for who does not open it."""
        lue = lire_avec_acces(self.utilisateur, self.dossier.personne_id) if self.nommee else None
        ouverte = lue is not None and acces(self.utilisateur, lue) in (Acces.LIBRE, Acces.MOTIVE)
        return self.dossier.personne.get_absolute_url() if ouverte else ""

    @cached_property
    def observations(self) -> list[Any]:
        """Return what the person answered."""
        return list(self.dossier.observations.select_related("par"))

    @property
    def a_repondu(self) -> bool:
        """Return whether the person answered the intention."""
        notifiee = self.dossier.intention_le
        return notifiee is not None and any(o.recue_le >= notifiee for o in self.observations)

    @cached_property
    def recours(self) -> list[RecoursEP]:
        """Return the appeals."""
        return list(self.dossier.recours.all()) if self.dossier.etat in APRES_DECISION else []

    @cached_property
    def gestes(self) -> list[tuple[str, str]]:
        """Return (gesture, words) of what the reader may do now."""
        possibles = {t.verbe for t in AUTOMATE_EP.depuis(self.dossier.etat) if set(t.qui) & self.acteurs}
        if self.blocages:
            possibles -= {"decider_dossier_ep", "clore_dossier_ep"}
        dits = [(g, mots) for g, (verbe, mots) in GESTES.items() if verbe in possibles]
        if self.dossier.etat == EtatDossierEP.SOUMIS and not self.contradictoire:
            dits = [d for d in dits if d[0] != "intention"]
        if self.dossier.etat == EtatDossierEP.CONTRADICTOIRE and SECRETARIAT in self.acteurs:
            dits = sorted(dits, key=lambda d: d[0] == "decider")
        if self.dossier.etat == EtatDossierEP.INSCRIT and SECRETARIAT in self.acteurs:
            dits.append(("desinscrire", GESTES["desinscrire"][1]))
        return dits + self._autres()

    @property
    def principal(self) -> tuple[str, str] | None:
        """Return the gesture that moves the file on, the main button."""
        return next((g for g in self.gestes if g[0] in PRINCIPAUX), None)

    def _autres(self) -> list[tuple[str, str]]:
        """Return what is noted on the file without moving it."""
        dits = []
        if self.dossier.etat in EN_PROCEDURE and self.acteurs & {SECRETARIAT, DEMANDEUR}:
            dits += [("observations", "Ajouter des observations"), ("audition", "Noter l’audition")]
        if self.dossier.intention_le and self.dossier.etat in CORRIGIBLES and SECRETARIAT in self.acteurs:
            dits.append(("corriger_intention", "Corriger la date de l’intention"))
        notifiee = self.decision is not None and self.decision.levee_le is None and self.dossier.etat in NOTIFIES
        if notifiee and self.acteurs & {SECRETARIAT, DECIDEUR}:
            dits.append(("corriger_notification", "Corriger la date de notification"))
        if self.sanction_en_cours and DECIDEUR in self.acteurs:
            dits.append(("lever", "Lever la sanction"))
        return dits

    @property
    def sanction_en_cours(self) -> bool:
        """Return whether a sanction with an end runs or is to run."""
        d = self.decision
        return (
            d is not None and d.sens == SensEP.SANCTION and d.levee_le is None and d.fin is not None
            and self.jour < d.fin
        )  # fmt: skip

    @property
    def sanction_a_venir(self) -> bool:
        """Return whether it does not bear on the person yet: not told of it, or before its day."""
        d = self.decision
        return d is not None and (d.notifiee_le is None or (d.effet_le is not None and self.jour < d.effet_le))

    @property
    def plafonne(self) -> bool:
        """Return whether the ceiling of the household holds."""
        return Foyer(self.dossier.personnes_foyer, self.dossier.majoration).plafonne(self.regime)

    @property
    def a_orienter(self) -> bool:
        """Return whether the reader may open the reorientation that was decided."""
        return DECIDEUR in self.acteurs and a_orienter(self.dossier, self.decision)

    @property
    def modifiable(self) -> bool:
        """Return whether the reader may change the draft."""
        return self.dossier.etat == EtatDossierEP.BROUILLON and DEMANDEUR in self.acteurs

    @property
    def inscriptible(self) -> bool:
        """Return whether the secretary may now put it on a meeting."""
        if SECRETARIAT not in self.acteurs:
            return False
        direct = self.dossier.etat == EtatDossierEP.SOUMIS and not self.contradictoire
        return direct or self.dossier.etat == EtatDossierEP.CONTRADICTOIRE

    @cached_property
    def blocages(self) -> list[str]:
        """Return what keeps the file from its next step, and why."""
        d = self.dossier
        if d.etat == EtatDossierEP.NOTIFIE:
            return obstacles_a_la_cloture(self.decision, self.jour)
        if d.etat in (EtatDossierEP.CONTRADICTOIRE, EtatDossierEP.INSCRIT, EtatDossierEP.EXAMINE):
            return obstacles_a_la_decision(d, self.jour, observe=self.a_repondu)
        if d.etat == EtatDossierEP.SOUMIS and self.contradictoire:
            return ["L’intention n’est pas encore notifiée : le délai de réponse n’a pas commencé."]
        return []

    @property
    def avis_attendu(self) -> str:
        """Return why the opinion is awaited, for the steps of the regime; empty once given."""
        if self.avis is not None or self.dossier.etat in (*APRES_DECISION, *FINIS):
            return ""
        if not self.contradictoire:
            return "L’avis de l’équipe précède la décision (CASF L262-39)."
        quand = self.regime.parametres.get("avis_ep", "avant toute sanction")
        return f"L’équipe rend son avis {quand} ({self.regime.reference('avis_ep') or self.regime.intitule})."

    @property
    def etapes(self) -> list[Etape]:
        """Return the state bar."""
        suite = ["brouillon", "soumis", "contradictoire", "inscrit", "examine", "decide", "notifie", "clos"]
        if not self.contradictoire:
            suite.remove("contradictoire")
        courant = {"recours": "notifie"}.get(self.dossier.etat, self.dossier.etat)
        if courant not in suite:
            return []
        rang = suite.index(courant)
        etats = ["fait" if i < rang else "courant" if i == rang else "" for i in range(len(suite))]
        return [Etape(EtatDossierEP(s).label, "", e) for s, e in zip(suite, etats, strict=True)]

    @property
    def dates(self) -> list[Date]:
        """Return the dated steps, in order."""
        d = self.dossier
        lues = [
            Date(o.recue_le, "Observations reçues" + (", hors délai" if o.tardive else "")) for o in self.observations
        ]
        if d.soumis_le:
            lues.append(Date(d.soumis_le, "Soumis à l’équipe"))
        if d.intention_le:
            lues.append(Date(d.intention_le, "Intention notifiée à la personne"))
        if d.observations_jusqu_au:
            delai = f"Fin du délai de {delai_contradictoire(self.regime)} pour répondre, ce jour inclus"
            ouvert = d.observations_jusqu_au >= self.jour and d.etat in EN_PROCEDURE
            lues.append(Date(d.observations_jusqu_au, delai, "veille" if ouvert else ""))
        if d.seance:
            lues.append(Date(timezone.localdate(d.seance.debut), "Séance de l’équipe"))
        return sorted([*lues, *self._dates_de_la_decision()], key=lambda x: x.le)

    def _dates_de_la_decision(self) -> list[Date]:
        d = self.decision
        if d is None:
            return []
        effet = "Prise d’effet"
        if d.effet_prevu_le and d.effet_prevu_le != d.effet_le:
            effet += f", prévue le {date_courte(d.effet_prevu_le)} : la personne a été prévenue après"
        dites = (
            (d.decidee_le, "Décision"), (d.notifiee_le, "Décision notifiée"), (d.effet_le, effet),
            (d.recours_jusqu_au, "Dernier jour pour un recours préalable"), (d.levee_le, "Levée de la sanction"),
            (d.fin, "Fin de la sanction : elle ne s’applique plus ce jour-là"),
        )  # fmt: skip
        return [Date(le, mots) for le, mots in dites if le is not None and not (le == d.fin and d.levee_le)]

    def _dire(self, ligne: Any) -> str:
        return dire(self.regime, mesure_de(ligne)) if ligne is not None else ""

    @property
    def avis_dit(self) -> str:
        """Return the opinion in words."""
        return self._dire(self.avis)

    @property
    def decision_dite(self) -> str:
        """Return the decision in words."""
        return self._dire(self.decision)

    @property
    def ecart(self) -> bool:
        """Return whether the decision departs from the opinion."""
        if self.avis is None or self.decision is None:
            return False
        return s_ecarte(mesure_de(self.decision), mesure_de(self.avis))

    @property
    def sans_avis(self) -> str:
        """Return why there was no opinion to ask for, once decided."""
        if self.decision is None or self.avis is not None:
            return ""
        if avis_exige(self.regime, self.dossier.theme, mesure_de(self.decision)):
            return "Cette décision a été reprise sans l’avis de l’équipe."
        return f"Cette décision n’exige pas l’avis de l’équipe ({self.regime.reference('avis_ep')})."

    @property
    def fini(self) -> bool:
        """Return whether nothing of it changes any more."""
        return self.dossier.etat in FINIS

    @cached_property
    def pieces(self) -> list[Any]:
        """Return the pieces, for who reads the name."""
        return list(self.dossier.pieces.select_related("deposee_par")) if self.nommee else []

    @property
    def joint(self) -> bool:
        """Return whether the reader joins pieces to it."""
        return bool(self.acteurs) and not self.fini

    @property
    def tenu(self) -> bool:
        """Return whether the reader keeps its team."""
        return SECRETARIAT in self.acteurs

    @property
    def lettres(self) -> list[Any]:
        """Return the letters written, for who writes them."""
        return list(self.dossier.lettres.select_related("par", "modele")) if self.ecrit_lettres else []

    @property
    def ecrit_lettres(self) -> bool:
        """Return whether the reader writes the letters."""
        return bool(self.acteurs & {SECRETARIAT, DECIDEUR}) and self.dossier.etat not in ("brouillon", *FINIS)

    @property
    def lettres_possibles(self) -> list[tuple[str, str]]:
        """Return (genre, words) of the letters that can be written now."""
        if not self.ecrit_lettres:
            return []
        faits = {
            "intention": self.contradictoire and self.dossier.etat in AVANT_SEANCE,
            "seance": self.dossier.etat == EtatDossierEP.INSCRIT,
            "decision": self.decision is not None,
        }  # fmt: skip
        return [(g.value, g.label) for g in GenreLettre if not manques(g, **faits)]

    @property
    def evenements(self) -> list[Evenement]:
        """Return its changes of state, latest first; comments and names for who is concerned."""
        return [
            Evenement(
                timezone.localdate(t.le), EtatDossierEP(t.vers).label,
                ". ".join(m for m in (str(t.par or ""), t.commentaire) if m) if self.acteurs else "",
                TONS_EP[EtatDossierEP(t.vers)][1], domaine="gouvernance",
            )
            for t in self.dossier.transitions.select_related("par")
        ]  # fmt: skip

    @property
    def url_prets(self) -> str:
        """Return the queue from which it is put on a meeting."""
        return f"{reverse('gouvernance:ep_dossiers')}?file=prets&instance={self.dossier.instance_id}"


def lire_dossier(utilisateur: Any, pk: int) -> DossierEP | None:
    """Return a file the user may read, with what its page shows. None outside."""
    visibles = DossierEP.objects.visibles_par(utilisateur).select_related(
        "personne", "instance__territoire", "seance", "regime", "territoire", "ouvert_par", "avis__seance",
        "decision__orientation", "decision__par",
    )  # fmt: skip
    return (
        visibles.defer("personne__nir_chiffre", "personne__nir_empreinte", "personne__recherche").filter(pk=pk).first()
    )


def avant_de_decider(dossier: Any) -> str:
    """Return, in words, what whoever decides takes into account: the opinion, what the person answered, her hearing."""
    avis = getattr(dossier, "avis", None)
    dites = [f"Avis rendu : {dire(Regime.lire(dossier.regime), mesure_de(avis)).lower()}."] if avis else []
    if contradictoire(dossier.theme):
        tardives = [o.tardive for o in dossier.observations.all()]
        hors_delai = f", dont {sum(tardives)} hors délai" if any(tardives) else ""
        recues = compte(len(tardives), "réponse reçue", "réponses reçues") if tardives else "aucune réponse reçue"
        dites.append(f"De la personne : {recues}{hors_delai} ; audition : {dossier.get_audition_display().lower()}.")
    return " ".join(dites)
