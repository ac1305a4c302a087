"""The page of a fiche: everything it holds, in six queries whatever its size."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from actions.droits import peut_lire_suivi, peut_retirer_note, peut_retirer_piece, peut_suivre_fiche
from actions.figures import Decompte, decompter, points_annuels
from actions.models import (
    Anomalie,
    Bilan,
    Campagne,
    Etape,
    EtatAnomalie,
    EtatBilan,
    Indicateur,
    Periodicite,
    RubriqueFiche,
    SensIndicateur,
    TypeRole,
    VersionFiche,
)
from actions.presentation import ETATS_ETAPE, STATUTS_FICHE, affichage
from actions.regles.completude import FaitsFiche, Manque, manques
from pdi.socle.composants import Affichage, Evenement, Lien, Maillon
from pdi.socle.formats import compte, date_courte
from pdi.socle.grappe import Grappe, avec_grappes, deballer
from pdi.socle.models import EntreeJournal
from pdi.socle.tri import Colonne

from . import commun
from .chiffres import ChiffreCle, LigneIndicateur, chiffres, maillons
from .commun import ETAPES_FINIES
from .finances import PlanFinancement, plan_de
from .historique import du_journal, evenements
from .sections import Bloc, en_blocs, indicateurs_en_tete, rubriques_remplies, sections_de

GRAPPES_BILAN = (Grappe("explications", avec={"indicateur": ("libelle",)}),)
ANNEES_ETINCELLE = 5
LIGNES_HISTORIQUE = 6


@dataclass(frozen=True)
class LigneEtape:
    """One step with its state; `retard` in days."""

    etape: Etape
    etat: Affichage
    retard: int

    @property
    def dit_retard(self) -> str:
        """Return « En retard de 12 jours »."""
        return f"En retard de {compte(self.retard, 'jour')}"

    @property
    def precisions(self) -> str:
        """Return how far it is and when it is due, or when it was done."""
        etape = self.etape
        if etape.realisee_le:
            return f"le {date_courte(etape.realisee_le)}"
        morceaux = [f"{etape.avancement}\u00a0% fait"] if etape.etat == "en_cours" and etape.avancement else []
        if etape.echeance:
            morceaux.append(f"échéance le {date_courte(etape.echeance)}")
        return ", ".join(morceaux)


def ligne_etape(etape: Etape, jour: datetime.date) -> LigneEtape:
    """Return a step as shown: late when its date is passed and it is neither done nor given up."""
    retard = 0
    if etape.echeance and etape.etat not in ETAPES_FINIES:
        retard = max(0, (jour - etape.echeance).days)
    return LigneEtape(etape, ETATS_ETAPE[etape.etat], retard)


class PageFiche:
    """Everything the page of a fiche shows, for one reader and one year."""

    def __init__(self, fiche: Any, utilisateur: Any, annee: str | None, jour: datetime.date) -> None:
        """Read the figures (two queries) and the bilans (one). `fiche` comes from `lire_fiche`."""
        self.fiche, self.utilisateur, self.jour = fiche, utilisateur, jour
        self.programme = fiche.programme
        self.suivi = bool(peut_lire_suivi(utilisateur))
        self.annee = commun.annee_lue(self.programme, annee, jour)
        self.annees = commun.annees_ouvertes(self.programme, jour)
        self.bilans = self._lire_bilans()
        debut = max(self.programme.annee_debut, self.annee - ANNEES_ETINCELLE + 1)
        self.etincelle = range(debut, self.annee + 1)
        self.points = points_annuels([i.pk for i in self.indicateurs], self.etincelle)

    @cached_property
    def indicateurs(self) -> list[Indicateur]:
        """Return the indicators, in order."""
        return list(self.fiche.indicateurs.all())

    # -- header ---------------------------------------------------------------------------------
    @property
    def statut(self) -> Affichage:
        """Return how the status is shown."""
        return STATUTS_FICHE[self.fiche.statut]

    @cached_property
    def fil(self) -> list[Lien]:
        """Return the breadcrumb: programme, nodes of the tree, fiche."""
        axes: list[Any] = []
        axe = self.fiche.axe
        while axe is not None:
            axes.insert(0, axe)
            axe = axe.parent
        noms = {n.rang: n.singulier.capitalize() for n in self.programme.niveaux.all()}
        base = self.programme.get_absolute_url()
        return [
            Lien(str(self.programme), base),
            *(
                Lien(
                    f"{noms.get(a.rang, 'Axe')} {a.numero} – {a.intitule}" if a.numero else a.intitule,
                    f"{base}#axe-{a.pk}",
                )
                for a in axes
            ),
            Lien(f"Fiche {self.fiche.numero}"),
        ]

    def acteurs(self, type_role: str) -> list[Any]:
        """Return the roles of one type."""
        return [r for r in self.fiche.roles.all() if r.type == type_role]

    @property
    def pilotes(self) -> list[Any]:
        """Return the pilotes."""
        return self.acteurs(TypeRole.PILOTE)

    @property
    def copilotes(self) -> list[Any]:
        """Return the copilotes."""
        return self.acteurs(TypeRole.COPILOTE)

    # -- bilans ---------------------------------------------------------------------------------
    def _lire_bilans(self) -> list[Any]:
        visibles = Bilan.objects.visibles_par(self.utilisateur).filter(fiche=self.fiche)
        complets = visibles.select_related(
            "campagne", "modifie_par", "soumis_par", "renvoye_par", "valide_par"
        ).order_by("-campagne__annee")
        bilans: list[Any] = deballer(avec_grappes(complets, *GRAPPES_BILAN), *GRAPPES_BILAN)
        for bilan in bilans:
            bilan.fiche, bilan.campagne.programme = self.fiche, self.programme
            bilan.affichage = affichage(bilan.etat, commence=bilan.modifie_le is not None)
        lus: Any = Bilan.objects.all()
        lus._result_cache = bilans  # noqa: SLF001  # `remplie` reads them without asking
        self.fiche._prefetched_objects_cache["bilans"] = lus  # noqa: SLF001
        return bilans

    @cached_property
    def campagne(self) -> Campagne | None:
        """Return the campaign of the year shown."""
        return commun.campagne_de(self.programme, self.annee)

    @cached_property
    def bilan(self) -> Any | None:
        """Return the bilan of the year shown, when the user may read it."""
        return next((b for b in self.bilans if b.campagne.annee == self.annee), None)

    @cached_property
    def autres_bilans(self) -> list[Any]:
        """Return the readable bilans of the other years that say something, latest first."""
        return [b for b in self.bilans if b is not self.bilan and (b.realisations or b.perspectives)]

    @cached_property
    def bilan_a_faire(self) -> Any | None:
        """Return the bilan of an open campaign, to write or to review, whatever the year shown."""
        ouverts = [b for b in self.bilans if b.campagne.etat == "ouverte" and b.etat != EtatBilan.VALIDE]
        return min(ouverts, key=lambda b: b.campagne.annee, default=None)

    # -- indicators -----------------------------------------------------------------------------
    @cached_property
    def lignes(self) -> list[LigneIndicateur]:
        """Return a row per indicator."""
        return [
            LigneIndicateur(i, self.points[i.pk][self.annee], [self.points[i.pk][a] for a in self.etincelle])
            for i in self.indicateurs
        ]

    @cached_property
    def groupes_indicateurs(self) -> list[tuple[str, list[LigneIndicateur]]]:
        """Return the rows under each printed heading, in order."""
        groupes: dict[str, list[LigneIndicateur]] = {}
        for ligne in self.lignes:
            groupes.setdefault(ligne.indicateur.groupe, []).append(ligne)
        return list(groupes.items())

    @cached_property
    def decompte(self) -> Decompte:
        """Return how many followed indicators are filled in and reach their target."""
        return decompter(ligne.point for ligne in self.lignes if ligne.indicateur.actif)

    @cached_property
    def a_des_valeurs(self) -> bool:
        """Return whether any value was ever entered in the years shown."""
        return any(p.renseigne for ligne in self.lignes for p in ligne.historique)

    # -- steps ----------------------------------------------------------------------------------
    @cached_property
    def etapes(self) -> list[LigneEtape]:
        """Return the steps, in order."""
        return [ligne_etape(e, self.jour) for e in self.fiche.etapes.all()]

    @cached_property
    def objectifs(self) -> list[tuple[Any, list[LigneEtape]]]:
        """Return each numbered objective with the steps that answer it."""
        return [
            (o, [ligne for ligne in self.etapes if ligne.etape.objectif_id == o.pk]) for o in self.fiche.objectifs.all()
        ]

    @cached_property
    def etapes_hors_objectif(self) -> list[LigneEtape]:
        """Return the steps tied to no objective."""
        return [ligne for ligne in self.etapes if ligne.etape.objectif_id is None]

    @cached_property
    def realisees(self) -> int:
        """Return how many steps are done."""
        return sum(ligne.etape.etat == "realisee" for ligne in self.etapes)

    # -- sections -------------------------------------------------------------------------------
    @cached_property
    def blocs(self) -> list[Bloc]:
        """Return the headings of the page: the indicators, then the others in the order of the layout."""
        return indicateurs_en_tete(en_blocs(sections_de(self.fiche, self.programme.gabarit.sections.all())))

    @cached_property
    def vide(self) -> str:
        """Return why a section may be empty."""
        if self.programme.date_adoption or self.programme.source or self.programme.reference:
            return "Non imprimé dans le document adopté."
        return "Pas encore renseigné."

    @cached_property
    def sommaire(self) -> list[tuple[str, str]]:
        """Return the anchors of the page."""
        entrees = [(b.ancre, b.titre) for b in self.blocs]
        if self.anomalies:
            entrees.insert(1, ("anomalies", "Anomalies"))
        if self.suivi:
            entrees += [("notes", "Notes"), ("historique", "Historique")]
        return entrees

    @cached_property
    def plan(self) -> PlanFinancement:
        """Return the funding plan."""
        return plan_de(self.fiche, self.fiche.financements.all())

    @cached_property
    def anomalies(self) -> list[Any]:
        """Return the anomalies that wait for an answer."""
        return [a for a in self.fiche.anomalies.all() if a.etat == EtatAnomalie.OUVERTE]

    @property
    def titre_anomalies(self) -> str:
        """Return « 3 anomalies relevées »."""
        return compte(len(self.anomalies), "anomalie relevée", "anomalies relevées")

    @cached_property
    def anomalies_repondues(self) -> list[Anomalie]:
        """Return the anomalies kept or treated, with their answer."""
        return [a for a in self.fiche.anomalies.all() if a.etat != EtatAnomalie.OUVERTE]

    @cached_property
    def peut_repondre(self) -> bool:
        """Return whether the reader may answer an anomaly."""
        return bool(peut_suivre_fiche(self.utilisateur, self.fiche))

    @cached_property
    def notes(self) -> list[tuple[Any, bool]]:
        """Return the notes, and whether the reader may take each back."""
        return [(n, bool(peut_retirer_note(self.utilisateur, n))) for n in self.fiche.notes.all()]

    @cached_property
    def pieces(self) -> list[tuple[Any, bool]]:
        """Return the attachments, and whether the reader may take each back."""
        return [(p, bool(peut_retirer_piece(self.utilisateur, p))) for p in self.fiche.pieces.all()]

    @property
    def periodicite(self) -> str:
        """Return how often the fiche is evaluated, in words."""
        code = self.fiche.periodicite_evaluation
        return str(Periodicite(code).label) if code in Periodicite.values else code

    @property
    def annee_suivante(self) -> int:
        """Return the year the perspectives are about."""
        return self.annee + 1

    @cached_property
    def version(self) -> VersionFiche | None:
        """Return the version in force, None when none is kept yet."""
        return VersionFiche.objects.filter(fiche=self.fiche).defer("contenu").first()

    @cached_property
    def a_de_la_demonstration(self) -> bool:
        """Return whether a value shown is fictitious."""
        return any(p.demonstration for ligne in self.lignes for p in ligne.historique)

    @property
    def montre_valeurs(self) -> bool:
        """Return whether the table of values is worth showing: a value exists, or a campaign asks for some."""
        return self.a_des_valeurs or self.campagne is not None

    @property
    def titre_etincelle(self) -> str:
        """Return the years of the sparklines."""
        return f"{self.etincelle[0]} à {self.annee}" if len(self.etincelle) > 1 else str(self.annee)

    @property
    def colonnes_indicateurs(self) -> list[Colonne]:
        """Return the headers of the table of indicators."""
        return [
            Colonne("Indicateur"),
            Colonne(str(self.annee), nb=True),
            Colonne("Cible", nb=True),
            Colonne("Écart", nb=True),
            Colonne(self.titre_etincelle),
        ]

    @property
    def colonnes_financement(self) -> list[Colonne]:
        """Return the headers of the funding plan: a year or an actual amount only when there is one."""
        return [
            Colonne("Financeur"),
            Colonne("Prévu", nb=True),
            *([Colonne("Réalisé", nb=True)] if self.plan.realise is not None else []),
            Colonne("Part du total", nb=True),
            Colonne("Répartition"),
        ]

    colonnes_detail = (
        Colonne("Année"),
        Colonne("Financeur"),
        Colonne("Prévu", nb=True),
        Colonne("Réalisé", nb=True),
    )

    @cached_property
    def liees(self) -> list[tuple[Any, str]]:
        """Return the linked fiches the user may read, each once, with the comment of the link."""
        liees: dict[int, tuple[Any, str]] = {}
        for lien in self.fiche.liens_sortants.all():
            liees[lien.cible_id] = (lien.cible, lien.commentaire)
        for lien in self.fiche.liens_entrants.all():
            liees.setdefault(lien.source_id, (lien.source, lien.commentaire))
        return sorted(liees.values(), key=lambda paire: paire[0].numero)

    # -- figures --------------------------------------------------------------------------------
    @cached_property
    def maillons(self) -> list[Maillon]:
        """Return the chain from what the fiche plans to what was judged."""
        return maillons(self)

    @cached_property
    def chiffres(self) -> list[ChiffreCle]:
        """Return three key figures: measured indicators first (those with a target before), then counts."""
        return chiffres(self)

    # -- completeness and history ---------------------------------------------------------------
    @cached_property
    def manques(self) -> list[Manque]:
        """Return what the fiche lacks, from what was already read; nothing for a reference, which nobody completes."""
        if self.programme.reference:
            return []
        gabarit = list(self.programme.gabarit.sections.all())
        suivis = [ligne for ligne in self.lignes if ligne.indicateur.actif]
        juges = [g for g in suivis if g.indicateur.chiffrable and g.indicateur.sens != SensIndicateur.NEUTRE]
        annee = self.annee if self.annee < self.jour.year else None  # values are expected once the year is over
        return manques(
            FaitsFiche(
                remplies=rubriques_remplies(self.fiche) - {RubriqueFiche.BILAN},
                attendues={s.rubrique for s in gabarit if s.obligatoire},
                prevues={s.rubrique for s in gabarit},
                a_un_pilote=bool(self.pilotes or self.copilotes),
                a_des_dates=bool(self.fiche.debut or self.fiche.fin or self.fiche.permanente),
                indicateurs=len(suivis),
                sans_cible=sum(ligne.point.cible is None for ligne in juges),
                sans_valeur=sum(not ligne.point.renseigne for ligne in suivis),
                financements_sans_montant=sum(e.prevu is None for e in self.fiche.financements.all()),
                annee=annee,
            )
        )

    @cached_property
    def historique(self) -> tuple[list[Evenement], bool]:
        """Return the latest events, and whether there are more; nothing for a partner."""
        if not self.suivi:
            return [], False
        entrees: list[EntreeJournal] = list(
            du_journal(self.fiche, [b.pk for b in self.bilans])[: LIGNES_HISTORIQUE + 1]
        )
        return evenements(entrees[:LIGNES_HISTORIQUE]), len(entrees) > LIGNES_HISTORIQUE
