"""The resources of the API: what is read, how it is filtered, what is answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from offre.adresses import lien_public
from offre.echanges import nomenclatures as noms
from offre.echanges.export import offres_publiees
from offre.echanges.fiches import publics_de
from offre.models import CategorieOffre, Frein, LieuOffre, OffreInsertion
from offre.models import Session as SessionOffre
from offre.regles.sessions import situation
from pdi.structures.models import Structure as Organisme

from . import schemas
from .parametres import Parametre


@dataclass(frozen=True)
class Ressource:
    """A list of the API, and its detail when `detail` is the name of a URL."""

    nom: str
    titre: str
    description: str
    modele: type[schemas.Objet]
    page: type[schemas.Page[Any]]
    lire: Callable[[], QuerySet[Any]]
    rendre: Callable[[Any], schemas.Objet]
    parametres: Sequence[Parametre]
    detail: bool = False

    @property
    def champs(self) -> list[tuple[str, str]]:
        """Return the fields of an answer with what they say."""
        return [(nom, champ.description or "") for nom, champ in self.modele.model_fields.items()]

    def filtrees(self, valeurs: Mapping[str, Any]) -> QuerySet[Any]:
        """Return the rows that the parameters keep."""
        rangees = self.lire()
        for parametre in self.parametres:
            if parametre.nom in valeurs:
                rangees = parametre.filtrer(rangees, valeurs[parametre.nom])
        return rangees


# -- offers ------------------------------------------------------------------------------------------------


def _terme(code: str, libelle: Any) -> schemas.Terme:
    return schemas.Terme(code=code, libelle=str(libelle))


def _nombre(valeur: Any) -> float | None:
    return None if valeur is None else float(valeur)


def lieu(un: LieuOffre) -> schemas.Lieu:
    """Return a place (its commune prefetched)."""
    return schemas.Lieu(
        nom=un.nom or None, adresse=un.adresse or None, code_postal=un.code_postal or None,
        commune=un.commune.nom if un.commune else None, code_insee=un.commune.code if un.commune else None,
        latitude=_nombre(un.latitude), longitude=_nombre(un.longitude), a_distance=un.a_distance,
        acces=un.acces or None, horaires=un.horaires or None,
    )  # fmt: skip


def _conditions(une: OffreInsertion) -> schemas.Conditions:
    return schemas.Conditions(
        age_min=une.age_min, age_max=une.age_max, sexe=une.sexe or None, beneficiaires_rsa_seulement=une.brsa_seulement,
        inscription_france_travail=une.inscription_france_travail, contrat_requis=une.contrat_requis,
        types_orientation=list(une.types_orientation), en_clair=list(une.conditions_acces),
    )  # fmt: skip


def _prescripteurs(une: OffreInsertion) -> list[str]:
    ouverts = (("referent", une.prescription_referent), ("prestataire", une.prescription_prestataire),
               ("personne", une.auto_prescription))  # fmt: skip
    return [qui for qui, ouvert in ouverts if ouvert]


def offre(une: OffreInsertion) -> schemas.Offre:
    """Return an offer (relations prefetched)."""
    freins = list(une.freins.all())
    return schemas.Offre(
        id=une.pk, numero=une.numero or None, intitule=une.intitule,
        categorie=_terme(une.categorie, une.get_categorie_display()), objectifs=une.objectifs, contenu=une.contenu,
        publics=une.publics, publics_codes=sorted(publics_de(une)),
        thematiques=noms.thematiques((f.code for f in freins), une.thematiques),
        freins=[_terme(f.code, f.libelle) for f in freins], conditions=_conditions(une), places=une.places,
        places_unite=une.places_unite or None, duree=une.duree_texte or None,
        duree_min_mois=_nombre(une.duree_min_mois), duree_max_mois=_nombre(une.duree_max_mois),
        heures_par_semaine=_nombre(une.heures_hebdo), documents=une.documents or None, acces=une.modalites or None,
        prescrite_par=_prescripteurs(une), telephone=une.contact_telephone or None,
        courriel=une.contact_courriel or None,
        operateurs=[schemas.Reference(id=s.pk, nom=s.nom) for s in une.operateurs.all()],
        lieux=[lieu(un) for un in une.lieux.all()], confirmee_le=une.confirmee_le,
        modifiee_le=timezone.localtime(une.modifiee_le), demonstration=une.demonstration,
        page=reverse("api:offre", args=[une.pk]), page_publique=lien_public(une),
    )  # fmt: skip


def _codes_freins() -> list[str]:
    return list(Frein.objects.values_list("code", flat=True))


def _d_age(rangees: QuerySet[Any], age: int) -> QuerySet[Any]:
    return rangees.filter(Q(age_min__isnull=True) | Q(age_min__lte=age), Q(age_max__isnull=True) | Q(age_max__gte=age))


def _ayant(relation: str, **condition: Any) -> Q:
    """Return « one of its `relation` satisfies », without multiplying the rows."""
    return Q(
        Exists(
            OffreInsertion.objects.filter(pk=OuterRef("pk"), **{f"{relation}__{c}": v for c, v in condition.items()})
        )
    )


OFFRES = Ressource(
    nom="offres", titre="Offres", modele=schemas.Offre, page=schemas.PageOffres, lire=offres_publiees, rendre=offre,
    description="Les offres d’insertion publiées, avec leurs conditions, leurs opérateurs et leurs lieux.",
    detail=True,
    parametres=(
        Parametre("q", "Mots de l’offre, de ses opérateurs ou de ses freins ; tous doivent s’y trouver.",
                  lambda q, v: q.filter(pk__in=OffreInsertion.objects.chercher(v).order_by().values("pk")),
                  exemple="permis"),
        Parametre("categorie", "Catégorie du catalogue.", lambda q, v: q.filter(categorie=v),
                  choix=lambda: CategorieOffre.values, exemple="emploi"),
        Parametre("frein", "Code d’un frein que l’offre aide à lever.",
                  lambda q, v: q.filter(_ayant("freins", code=v)), choix=_codes_freins, exemple="mobilite"),
        Parametre("age", "Âge de la personne, en années.", _d_age, type="entier", exemple="22"),
        Parametre("commune", "Code INSEE d’une commune où l’offre se déroule.",
                  lambda q, v: q.filter(_ayant("lieux", commune=v)), exemple="91228",
                  forme=(r"(\d{2}|2[AB])\d{3}", "un code INSEE de cinq signes")),
        Parametre("operateur", "Identifiant d’une structure qui la met en œuvre.",
                  lambda q, v: q.filter(_ayant("operateurs", pk=v)), type="entier", exemple="34"),
        Parametre("modifiees_depuis", "Seulement celles qui ont changé depuis ce jour.",
                  lambda q, v: q.filter(modifiee_le__date__gte=v), type="date", exemple="2026-01-31"),
    ),
)  # fmt: skip


# -- structures --------------------------------------------------------------------------------------------


def _structures() -> QuerySet[Organisme]:
    return Organisme.objects.annotate(
        publiees=Count("offres", filter=Q(offres__etat="publiee"), distinct=True)
    ).filter(publiees__gt=0)  # fmt: skip


def structure(une: Any) -> schemas.Structure:
    """Return a structure, with how many offers it runs."""
    return schemas.Structure(
        id=une.pk, nom=une.nom, sigle=une.sigle or None, nature=_terme(une.nature, une.get_nature_display()),
        siret=une.siret or None, adresse=une.adresse or None, telephone=une.telephone or None,
        courriel=une.courriel or None, site=une.site or None, offres=une.publiees,
    )  # fmt: skip


STRUCTURES = Ressource(
    nom="structures", titre="Structures", modele=schemas.Structure, page=schemas.PageStructures, lire=_structures,
    description="Les structures qui mettent en œuvre au moins une offre publiée.", rendre=structure,
    parametres=(
        Parametre("q", "Mots du nom ou du sigle.",
                  lambda q, v: q.filter(Q(nom__unaccent__icontains=v) | Q(sigle__unaccent__icontains=v)),
                  exemple="mission locale"),
        Parametre("siret", "SIRET, 14 chiffres.", lambda q, v: q.filter(siret=v), exemple="13003013300016",
                  forme=(r"\d{14}", "14 chiffres, sans espace")),
        Parametre("offre", "Identifiant d’une offre qu’elles mettent en œuvre.",
                  lambda q, v: q.filter(pk__in=OffreInsertion.objects.publiees().filter(pk=v).values("operateurs")),
                  type="entier", exemple="12"),
    ),
)  # fmt: skip


# -- sessions ----------------------------------------------------------------------------------------------


def _sessions() -> QuerySet[SessionOffre]:
    jour = timezone.localdate()
    return (
        SessionOffre.objects.filter(offre__etat="publiee", etat__in=["ouverte", "fermee"])
        .filter(Q(fin__isnull=True) | Q(fin__gte=jour))
        .select_related("offre", "operateur", "lieu__commune")
    )


def session(une: Any) -> schemas.Session:
    """Return a session, its places left read in the same query."""
    etat = situation(une, timezone.localdate())
    operateur = schemas.Reference(id=une.operateur.pk, nom=une.operateur.nom) if une.operateur else None
    return schemas.Session(
        id=une.pk, intitule=str(une), offre=schemas.Reference(id=une.offre_id, nom=une.offre.intitule),
        operateur=operateur, debut=une.debut, fin=une.fin, inscription_jusqu_au=une.inscription_jusqu_au,
        lieu=lieu(une.lieu) if une.lieu else None, horaires=une.horaires or None, unite=une.unite,
        capacite=float(une.capacite), libres=float(une.libres),
        situation=_terme(etat.code, etat.libelle), demonstration=une.demonstration,
    )  # fmt: skip


SESSIONS = Ressource(
    nom="sessions", titre="Sessions", modele=schemas.Session, page=schemas.PageSessions, lire=_sessions,
    description="Les sessions à venir ou en cours, avec les places qui restent à l’instant de la réponse.",
    rendre=session,
    parametres=(
        Parametre("offre", "Identifiant de l’offre.", lambda q, v: q.filter(offre=v), type="entier", exemple="12"),
        Parametre("operateur", "Identifiant de l’opérateur.", lambda q, v: q.filter(operateur=v), type="entier",
                  exemple="34"),
        Parametre("debut_apres", "Celles qui commencent ce jour ou après.", lambda q, v: q.filter(debut__gte=v),
                  type="date", exemple="2026-09-01"),
        Parametre("places_libres", "Vrai : seulement celles où l’on peut s’inscrire et où il reste de la place.",
                  lambda q, v: q.filter(pk__in=SessionOffre.objects.ouvertes_au(timezone.localdate()).filter(
                      prises__lt=F("capacite")).values("pk")) if v else q, type="booleen", exemple="true"),
    ),
)  # fmt: skip

RESSOURCES = (OFFRES, STRUCTURES, SESSIONS)
