"""Lines of the sheets of offers: kept by the service and their operators, reviewed and published by the service."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from offre.models import CategorieOffre, EtatOffre, EtatProposition, OffreInsertion, PropositionOffre
from offre.operations.alertes import activer_alerte, jeton_d_arret
from offre.versions import contenu_de
from pdi.comptes.models import Role
from pdi.socle.recherches import garder_recherche
from tests.fabriques import DepartementFactory

from .table import Ligne, statuts

OUVERT = "le catalogue publié ne contient aucune donnée personnelle"
TENIR = statuts(403, gestion=200, prestataire=200)
TENIR_LA_SIENNE = statuts(404, gestion=200, prestataire=200)


def preparer(m: Any) -> None:
    """Sheets of the prestataire's structure in several states, one with a change to review; somebody's alert."""
    commun = {
        "departement": DepartementFactory.create(code="91"), "categorie": CategorieOffre.EMPLOI,
        "objectifs": ["Travailler"], "publics": ["Bénéficiaires du RSA"],
    }  # fmt: skip
    m.fiches_offre = {}
    for etat in (EtatOffre.BROUILLON, EtatOffre.EN_RELECTURE, EtatOffre.PUBLIEE, EtatOffre.SUSPENDUE):
        fiche = OffreInsertion.objects.create(**commun, intitule=f"Fiche {etat}", etat=etat)
        fiche.operateurs.add(m.prestataire)
        m.fiches_offre[str(etat)] = fiche
    suspendue = m.fiches_offre["suspendue"]
    avant = contenu_de(suspendue)
    m.modification = PropositionOffre.objects.create(
        offre=suspendue, avant=avant, contenu={**avant, "documents": "Pièce d’identité"},
        etat=EtatProposition.SOUMISE, soumise_le=timezone.now(), par=m.qui(Role.PRESTATAIRE),
    )  # fmt: skip
    m.recherche_offres = garder_recherche(par=m.qui(Role.REFERENT), liste="offre:offres", nom="Mobilité", requete="")
    m.jeton_alerte = jeton_d_arret(activer_alerte(recherche=m.recherche_offres, par=m.qui(Role.REFERENT)))


def fiche(etat: str, **autres: Any) -> Any:
    return lambda m: {"pk": m.fiches_offre[etat].pk, **autres}


def saisie(_m: Any) -> dict[str, str]:
    return {
        "intitule": "Une fiche", "categorie": "emploi", "objectifs": "Travailler", "publics": "Tous",
        **{f"{p}-TOTAL_FORMS": "0" for p in ("operateurs", "lieux", "capacites")},
        **{f"{p}-INITIAL_FORMS": "0" for p in ("operateurs", "lieux", "capacites")},
    }  # fmt: skip


def modification(m: Any) -> dict[str, Any]:
    return {"pk": m.modification.pk}


MATRICE = [
    Ligne("offre:offres_comparer", statuts(200)),
    Ligne("offre:offres_imprimer", statuts(200)),
    Ligne("offre:offres_imprimer", statuts(302), methode="POST", donnees=lambda _m: {"forme": "pdf"}),
    Ligne("offre:fiches_a_tenir", TENIR),
    Ligne("offre:fiches_export", TENIR),
    Ligne("offre:offre_creer", TENIR),
    Ligne("offre:offre_creer", statuts(403, gestion=302, prestataire=302), methode="POST", donnees=saisie),
    Ligne("offre:offre_modifier", TENIR, objet=fiche("publiee")),
    Ligne("offre:offre_modifier", TENIR_LA_SIENNE, objet=fiche("brouillon"), cas="brouillon d’un opérateur"),
    Ligne("offre:offre_modifier", statuts(404, gestion=302, prestataire=302), objet=fiche("brouillon"),
          methode="POST", donnees=saisie),
    Ligne("offre:offre_confirmer", statuts(403, gestion=302, prestataire=302), objet=fiche("publiee"), methode="POST"),
    Ligne("offre:offre_etat", statuts(404, gestion=200, prestataire=403),
          objet=fiche("en_relecture", verbe="renvoyer_offre")),
    Ligne("offre:offre_etat", statuts(404, gestion=302, prestataire=403),
          objet=fiche("en_relecture", verbe="publier_offre"), methode="POST"),
    Ligne("offre:offre_versions", TENIR, objet=fiche("publiee")),
    Ligne("offre:proposition", statuts(404, gestion=200, prestataire=200), objet=modification),
    Ligne("offre:proposition_etat", statuts(404, gestion=302, prestataire=403), methode="POST",
          objet=lambda m: modification(m) | {"verbe": "accepter_proposition"}),
    Ligne("offre:alertes", statuts(200)),
    Ligne("offre:alerte_regler", statuts(404, referent=302), methode="POST", donnees=lambda _m: {"alerte": "oui"},
          objet=lambda m: {"pk": m.recherche_offres.pk}),
    Ligne("offre:alerte_arreter", statuts(200, anonyme=200), objet=lambda m: {"jeton": m.jeton_alerte},
          ouvert="le lien du courriel suffit, il n’arrête que cette alerte"),
    Ligne("offre:alerte_arreter", statuts(200, anonyme=200), methode="POST", objet=lambda m: {"jeton": m.jeton_alerte},
          ouvert="le lien du courriel suffit, il n’arrête que cette alerte"),
]  # fmt: skip
