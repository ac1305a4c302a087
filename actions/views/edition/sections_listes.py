"""The sections of a fiche that are lists of rows; the table of every section's screen."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import cached_property

from actions.forms import fiches as formulaires
from actions.forms.lignes import Liste, faire_le_geste
from actions.models import FicheAction
from actions.models import RubriqueFiche as R
from actions.operations import lignes_fiche
from actions.operations.sections import IDENTITE, LIENS, ROLES
from pdi.comptes.models import Role, Utilisateur

from .ecran import Lignes
from .sections import (
    EcranSection,
    SectionCadres,
    SectionCalendrier,
    SectionContexte,
    SectionIdentite,
    SectionListe,
    SectionPeriodicite,
)


class SectionObjectifs(EcranSection):
    """Objectives and steps."""

    listes = {
        "objectifs": Liste(
            formulaires.LigneObjectif,
            "Objectifs",
            "Objectif",
            "Ajouter un objectif",
            vide="Aucun objectif n’est encore écrit.",
            ordonnee=True,
        ),
        "etapes": Liste(
            formulaires.LigneEtape,
            "Étapes de la mise en œuvre",
            "Étape",
            "Ajouter une étape",
            aide="L’avancement et la date de réalisation se saisissent dans le suivi de la fiche.",
            vide="Aucune étape n’est encore écrite.",
            ordonnee=True,
        ),
    }

    def initial_lignes(self) -> Lignes:
        """Return the objectives and the steps, in order."""
        objectifs = [{"pk": o.pk, "intitule": o.intitule} for o in self.fiche.objectifs.all()]
        rangs = {objectif["pk"]: rang for rang, objectif in enumerate(objectifs, 1)}
        etapes = [
            {
                "pk": e.pk,
                "intitule": e.intitule,
                "details": e.details,
                "objectif": rangs.get(e.objectif_id or 0),
                "debut": e.debut,
                "echeance": e.echeance,
            }
            for e in self.fiche.etapes.all()
        ]
        return {"objectifs": objectifs, "etapes": etapes}

    def apres_geste(self, prefixe: str, acte: str, rang: int, brutes: dict[str, list[dict[str, Any]]]) -> None:
        """Let the steps follow the objectives that are moved or removed: they name them by number."""
        nombre = len(brutes["objectifs"]) + (acte == "retirer")
        if prefixe != "objectifs" or acte == "ajouter" or not 0 <= rang < nombre:
            return
        ordre = list(range(1, nombre + 1))
        deplaces, _ = faire_le_geste([{"numero": n} for n in ordre], acte, rang)
        nouveaux = {str(ligne["numero"]): str(place) for place, ligne in enumerate(deplaces, 1)}
        for etape in brutes["etapes"]:
            ecrit = (etape.get("objectif") or "").strip()
            etape["objectif"] = nouveaux.get(ecrit, "" if ecrit.isdigit() and int(ecrit) in ordre else ecrit)

    def ecrire(self) -> None:
        """Write both lists."""
        lignes_fiche.definir_objectifs(fiche=self.fiche, par=self.request.user, empreinte=self.vue, **self.lignes)


class SectionRoles(EcranSection):
    """Actors of one section."""

    listes = {
        "acteurs": Liste(
            formulaires.LigneRole,
            "Structures",
            "Structure",
            "Ajouter une structure",
            aide="Commencez à écrire le nom ou le sigle : la liste propose les structures de l’annuaire.",
            vide="Aucune structure n’est encore nommée.",
            ordonnee=True,
        )
    }

    def options_lignes(self) -> dict[str, dict[str, Any]]:
        """Offer the roles of the section, and the accounts for pilotes."""
        comptes = self._comptes if self.code == R.PILOTAGE else ()
        return {"acteurs": {"types": ROLES[self.code], "comptes": comptes}}

    @cached_property
    def _comptes(self) -> list[tuple[int, str]]:
        comptes = Utilisateur.objects.filter(is_active=True, habilitations__role=Role.PILOTE).distinct()
        return [(u.pk, f"{u}, {u.fonction}" if u.fonction else str(u)) for u in comptes]

    def initial_lignes(self) -> Lignes:
        """Return the actors."""
        acteurs = [
            {
                "pk": r.pk,
                "type": r.type,
                "structure": self.repertoire.structures[r.structure_id],
                "utilisateur": r.utilisateur_id,
                "libelle": r.libelle,
                "precision": r.precision,
            }
            for r in self.fiche.roles.filter(type__in=ROLES[self.code])
        ]
        return {"acteurs": acteurs}

    def ecrire(self) -> None:
        """Write the actors of the section."""
        choisis = {ligne.get("utilisateur") for ligne in self.lignes["acteurs"]} - {None}
        comptes = Utilisateur.objects.in_bulk(choisis)
        roles = [
            {**ligne, "utilisateur": comptes.get(ligne["utilisateur"])} if "utilisateur" in ligne else ligne
            for ligne in self.lignes["acteurs"]
        ]
        lignes_fiche.definir_roles(
            fiche=self.fiche, section=self.code, roles=roles, par=self.request.user, empreinte=self.vue
        )


class SectionFinancement(EcranSection):
    """Funding plan."""

    formulaire = formulaires.CoutForm
    listes = {
        "financements": Liste(
            formulaires.LigneFinancement,
            "Financeurs",
            "Financeur",
            "Ajouter un financeur",
            aide="Sans année, la ligne vaut pour l’ensemble de l’action. Sans montant, il n’est pas encore indiqué.",
            vide="Aucun financeur n’est encore indiqué.",
        )
    }

    def initial_lignes(self) -> Lignes:
        """Return the lines of the plan."""
        financements = [
            {
                "pk": f.pk,
                "financeur": self.repertoire.structures[f.financeur_id],
                "annee": f.annee,
                "prevu": f.prevu,
                "realise": f.realise,
                "libelle": f.libelle,
                "commentaire": f.commentaire,
            }
            for f in self.fiche.financements.all()
        ]
        return {"financements": financements}

    def ecrire(self) -> None:
        """Write the total and the lines."""
        lignes_fiche.definir_financements(
            fiche=self.fiche,
            par=self.request.user,
            empreinte=self.vue,
            financements=self.lignes["financements"],
            **self.form.cleaned_data,
        )


class SectionResultats(EcranSection):
    """Expected results."""

    listes = {
        "resultats": Liste(
            formulaires.LigneResultat,
            "Résultats",
            "Résultat",
            "Ajouter un résultat",
            vide="Aucun résultat attendu n’est encore écrit.",
            ordonnee=True,
        )
    }

    def initial_lignes(self) -> Lignes:
        """Return the results."""
        champs = ("pk", "libelle", "valeur", "unite")
        resultats = [{nom: getattr(r, nom) for nom in champs} for r in self.fiche.resultats_attendus.all()]
        return {"resultats": resultats}

    def ecrire(self) -> None:
        """Write the results."""
        lignes_fiche.definir_resultats(fiche=self.fiche, par=self.request.user, empreinte=self.vue, **self.lignes)


class SectionLiens(EcranSection):
    """Links to other fiches."""

    listes = {
        "liens": Liste(
            formulaires.LigneLien, "Liens", "Lien", "Lier une autre fiche", vide="Aucune fiche n’est encore liée."
        )
    }

    @cached_property
    def _autres(self) -> dict[int, FicheAction]:
        autres = FicheAction.objects.visibles_par(self.request.user).filter(programme=self.fiche.programme)
        return autres.exclude(pk=self.fiche.pk).only("numero", "intitule", "programme_id").in_bulk()

    def options_lignes(self) -> dict[str, dict[str, Any]]:
        """Offer the other fiches of the programme."""
        return {"liens": {"fiches": [(pk, str(f)) for pk, f in self._autres.items()]}}

    def initial_lignes(self) -> Lignes:
        """Return the links."""
        liens = [
            {"pk": lien.pk, "cible": lien.cible_id, "commentaire": lien.commentaire, "imprime": lien.imprime}
            for lien in self.fiche.liens_sortants.all()
        ]
        return {"liens": liens}

    def ecrire(self) -> None:
        """Write the links."""
        liens = [{**ligne, "cible": self._autres[ligne["cible"]]} for ligne in self.lignes["liens"]]
        lignes_fiche.definir_liens(fiche=self.fiche, liens=liens, par=self.request.user, empreinte=self.vue)


ECRANS: dict[str, type[EcranSection]] = {
    IDENTITE: SectionIdentite,
    R.CONTEXTE: SectionContexte,
    R.OBJECTIFS_GENERAUX: SectionListe,
    R.OBJECTIFS: SectionObjectifs,
    R.PUBLICS: SectionListe,
    R.TERRITOIRES: SectionListe,
    R.PILOTAGE: SectionRoles,
    R.PARTENAIRES_INTERNES: SectionRoles,
    R.PARTENAIRES_EXTERNES: SectionRoles,
    R.MISE_EN_OEUVRE: SectionRoles,
    R.CALENDRIER: SectionCalendrier,
    R.CONTRACTUALISATION: SectionCadres,
    R.FINANCEMENT: SectionFinancement,
    R.CONDITIONS: SectionListe,
    R.RESULTATS: SectionResultats,
    R.PERIODICITE: SectionPeriodicite,
    LIENS: SectionLiens,
}


def fiche_section(request: HttpRequest, pk: int, section: str) -> HttpResponseBase:
    """Show or save one section of a fiche."""
    ecran = ECRANS.get(section)
    if ecran is None:
        raise Http404("Cette section n’existe pas.")
    return ecran.as_view()(request, pk=pk, section=section)
