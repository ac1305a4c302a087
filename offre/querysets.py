"""Named scopes of the offer."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import connection, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import (
    Case,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    Min,
    OuterRef,
    Q,
    Subquery,
    Sum,
    TextField,
    Value,
    When,
)

from pdi.comptes.models import Role
from pdi.socle.typographie import cle_nom

if TYPE_CHECKING:
    from .models import (
        AlerteOffres,
        BilanOperateur,
        Convention,
        JetonApi,
        OffreInsertion,
        PropositionOffre,
        Realisation,
        Session,
    )

RESSEMBLANCE = 0.55  # of a mistyped word to one of the sheet; « mobilté » and « mobilité » are at 0.6
PROCHES_MAX = 200
PLACES_AVANT = Decimal(1_000_000_000)  # above any number of hours


def sans_pluriel(mot: str) -> str:
    """Return a word without its plural mark, so that « jeunes enfants » finds « jeune enfant »."""
    return mot[:-1] if len(mot) > 4 and mot[-1] in "sx" else mot


def _texte(champ: str) -> Func:
    """Return the elements of an array column as one text."""
    return Func(F(champ), Value(" "), function="array_to_string", output_field=TextField())


class OffreQuerySet(models.QuerySet["OffreInsertion"]):
    """Offers."""

    def visibles_par(self, utilisateur: Any) -> OffreQuerySet:
        """Return published offers to every habilitated user, every sheet to the service, one's own to an operator."""
        if not utilisateur.is_authenticated or not utilisateur.roles():
            return self.none()
        if utilisateur.a_role(*ROLES_OFFRE):
            return self
        siennes = utilisateur.structures_du_role(Role.PRESTATAIRE)
        if not siennes:
            return self.publiees()
        return self.filter(Q(etat="publiee") | Q(Exists(self._menees_par(siennes))))

    @staticmethod
    def _menees_par(structures: Collection[int]) -> models.QuerySet[Any]:
        from .models import OffreInsertion

        lien: Any = OffreInsertion.operateurs.through
        return lien._default_manager.filter(offreinsertion=OuterRef("pk"), structure__in=structures)  # type: ignore[no-any-return]

    def a_tenir_par(self, utilisateur: Any) -> OffreQuerySet:
        """Return the sheets the user keeps: all for the service, those of one's structures for an operator."""
        if not utilisateur.is_authenticated:
            return self.none()
        if utilisateur.a_role(*ROLES_OFFRE):
            return self
        return self.filter(Exists(self._menees_par(utilisateur.structures_du_role(Role.PRESTATAIRE))))

    def publiees(self) -> OffreQuerySet:
        """Return the offers that can be prescribed."""
        return self.filter(etat="publiee")

    def chercher(self, texte: str) -> OffreQuerySet:
        """Return those whose sheet, operators, obstacles or places hold every word; accents, case, plurals ignored."""
        resultat = self
        for mot in cle_nom(texte).split():
            resultat = resultat.filter(recherche__contains=sans_pluriel(mot))
        return resultat

    def ressemblant(self, texte: str) -> OffreQuerySet:
        """Return those where every word is there, or one that looks like it (trigram index). Reads their keys."""
        candidats: OffreQuerySet = self
        mots = [sans_pluriel(mot) for mot in cle_nom(texte).split()]
        for mot in mots:
            proche = Q(recherche__contains=mot)
            candidats = candidats.filter(proche | Q(recherche__trigram_word_similar=mot) if len(mot) > 3 else proche)
        with transaction.atomic(), connection.cursor() as curseur:
            curseur.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(RESSEMBLANCE)])
            cles = list(candidats.order_by("pk").values_list("pk", flat=True)[:PROCHES_MAX])
        return self.filter(pk__in=cles)

    def avec_sessions(self, jour: datetime.date) -> OffreQuerySet:
        """Add what is left in the sessions one may be enrolled in (see `avec_restes`), and when the next has room."""
        from .models import Session

        ouvertes = Session.objects.ouvertes_au(jour).filter(offre=OuterRef("pk")).order_by()
        avec_place = ouvertes.filter(debut__gte=jour, prises__lt=F("capacite"))
        a_venir = avec_place.values("offre").annotate(d=Min("debut")).values("d")
        return self.avec_restes(jour).annotate(prochaine=Subquery(a_venir, output_field=models.DateField()))

    def avec_restes(self, jour: datetime.date) -> OffreQuerySet:
        """Add `libres`, what is left in the sessions one may be enrolled in (None without any), and `libres_unite`.

        Places and hours are never added up: an offer that has both is counted in places.
        """
        from .models import Session

        ouvertes = Session.objects.ouvertes_au(jour).filter(offre=OuterRef("pk")).order_by()
        restes = ouvertes.values("unite").annotate(n=Sum(F("capacite") - F("prises"))).order_by("-unite")
        return self.annotate(
            libres=Subquery(restes.values("n")[:1], output_field=models.DecimalField()),
            libres_unite=Subquery(ouvertes.order_by("-unite").values("unite")[:1], output_field=models.CharField()),
        )

    def avec_ordre_des_restes(self, jour: datetime.date) -> OffreQuerySet:
        """Add `ordre_libres`, which ranks places left above hours left, those above full, full above no session."""
        from .models import Session

        ouvertes = Session.objects.ouvertes_au(jour).filter(offre=OuterRef("pk")).order_by()
        restes = ouvertes.values("unite").annotate(n=Sum(F("capacite") - F("prises")))
        en_places = When(unite="places", n__gt=0, then=F("n") + Value(PLACES_AVANT))
        rangs = restes.annotate(rang=Case(en_places, default=F("n"))).order_by("-unite").values("rang")[:1]
        return self.annotate(ordre_libres=Subquery(rangs, output_field=models.DecimalField()))

    def pour_age(self, age: int) -> OffreQuerySet:
        """Return those open to someone of `age` years; an offer without bound is open to every age."""
        return self.filter(Q(age_min__isnull=True) | Q(age_min__lte=age), Q(age_max__isnull=True) | Q(age_max__gte=age))


# Roles that steer the offer: they see every sheet, convention and figure.
ROLES_OFFRE = (Role.ADMINISTRATEUR, Role.CHARGE_PROGRAMME)
# Roles that read sessions and conventions without being party to them. Figures of conventions are not personal data.
ROLES_LECTURE_OFFRE = (*ROLES_OFFRE, Role.PILOTE, Role.ENCADRANT, Role.DIRECTION)
ROLES_OPERATEURS = (Role.PRESTATAIRE, Role.PARTENAIRE)


def structures_operatrices(utilisateur: Any) -> list[int]:
    """Return the structures the user acts for as an operator or a partner."""
    return [*{s for role in ROLES_OPERATEURS for s in utilisateur.structures_du_role(role)}]


class SessionQuerySet(models.QuerySet["Session"]):
    """Sessions."""

    def visibles_par(self, utilisateur: Any) -> SessionQuerySet:
        """Return the sessions of published offers once open, and in every state those of one's structure."""
        if not utilisateur.is_authenticated or not utilisateur.roles():
            return self.none()
        if utilisateur.a_role(*ROLES_OFFRE):
            return self
        ouvertes = Q(offre__etat="publiee") & ~Q(etat="preparee")
        structures = structures_operatrices(utilisateur)
        return self.filter(ouvertes | Q(operateur__in=structures)) if structures else self.filter(ouvertes)

    def ouvertes_au(self, jour: datetime.date) -> SessionQuerySet:
        """Return those one may still be enrolled in on `jour`."""
        return self.filter(etat="ouverte", offre__etat="publiee").filter(
            Q(inscription_jusqu_au__isnull=True) | Q(inscription_jusqu_au__gte=jour),
            Q(fin__isnull=True) | Q(fin__gte=jour),
        )


class ConventionQuerySet(models.QuerySet["Convention"]):
    """Conventions."""

    def visibles_par(self, utilisateur: Any) -> ConventionQuerySet:
        """Return all to the département's managers; to an operator or partner, its own."""
        if not utilisateur.is_authenticated:
            return self.none()
        if utilisateur.a_role(*ROLES_LECTURE_OFFRE):
            return self
        return self.filter(operateur__in=structures_operatrices(utilisateur))

    def au(self, jour: datetime.date) -> ConventionQuerySet:
        """Return those signed and in force on `jour`."""
        return self.filter(etat="signee", periode__contains=jour)

    def de_l_annee(self, annee: int) -> ConventionQuerySet:
        """Return those signed that ran a day at least of the year, cancelled since or not."""
        annee_civile = DateRange(datetime.date(annee, 1, 1), datetime.date(annee + 1, 1, 1))
        return self.exclude(etat="projet").filter(periode__overlap=annee_civile)

    def finissant(self, jour: datetime.date) -> ConventionQuerySet:
        """Return those signed whose last day is ahead, and nearer than their own warning."""
        dernier = ExpressionWrapper(Func(F("periode"), function="upper") - Value(1), output_field=models.DateField())
        seuil = ExpressionWrapper(Value(jour) + F("alerte_jours"), output_field=models.DateField())
        return self.au(jour).annotate(dernier=dernier, seuil=seuil).filter(dernier__lte=F("seuil"))


class BilanOperateurQuerySet(models.QuerySet["BilanOperateur"]):
    """Statements of operators."""

    def visibles_par(self, utilisateur: Any) -> BilanOperateurQuerySet:
        """Return those of visible conventions."""
        from .models import Convention

        return self.filter(convention__in=Convention.objects.visibles_par(utilisateur))


class RealisationQuerySet(models.QuerySet["Realisation"]):
    """Typed actions counted by the fiches."""

    def visibles_par(self, utilisateur: Any) -> RealisationQuerySet:
        """Return all to the département's managers; to an operator or partner, its own."""
        if not utilisateur.is_authenticated:
            return self.none()
        if utilisateur.a_role(*ROLES_LECTURE_OFFRE):
            return self
        return self.filter(structure__in=structures_operatrices(utilisateur))


class PropositionQuerySet(models.QuerySet["PropositionOffre"]):
    """Proposed changes of sheets."""

    def visibles_par(self, utilisateur: Any) -> PropositionQuerySet:
        """Return those of the sheets the user keeps up to date."""
        from .models import OffreInsertion

        return self.filter(offre__in=OffreInsertion.objects.a_tenir_par(utilisateur).order_by().values("pk"))

    def ouvertes(self) -> PropositionQuerySet:
        """Return those neither accepted nor withdrawn."""
        return self.filter(etat__in=["redaction", "soumise", "a_corriger"])


class AlerteQuerySet(models.QuerySet["AlerteOffres"]):
    """Alerts of kept searches."""

    def visibles_par(self, utilisateur: Any) -> AlerteQuerySet:
        """Return one's own."""
        return self.filter(recherche__utilisateur=utilisateur.pk) if utilisateur.is_authenticated else self.none()


class JetonApiQuerySet(models.QuerySet["JetonApi"]):
    """Keys to the API."""

    def visibles_par(self, utilisateur: Any) -> JetonApiQuerySet:
        """Return all to administrators: a key opens the data of the whole département."""
        if utilisateur.is_authenticated and utilisateur.a_role(Role.ADMINISTRATEUR):
            return self
        return self.none()

    def valables_au(self, jour: datetime.date) -> JetonApiQuerySet:
        """Return those neither revoked nor expired on `jour`."""
        return self.filter(revoque_le__isnull=True).filter(Q(expire_le__isnull=True) | Q(expire_le__gte=jour))
