"""The user: an e-mail address, a name, display preferences. Rights come from habilitations."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from pdi.comptes.querysets import UtilisateurQuerySet

if TYPE_CHECKING:
    from .habilitation import Habilitation


class Theme(models.TextChoices):
    """Colour theme."""

    AUTO = "auto", "Automatique"
    CLAIR = "clair", "Clair"
    SOMBRE = "sombre", "Sombre"


class Densite(models.TextChoices):
    """Row height of tables."""

    COMPACTE = "compacte", "Compacte"
    NORMALE = "normale", "Normale"
    AEREE = "aeree", "Aérée"


class UtilisateurManager(BaseUserManager["Utilisateur"]):
    """Creation of users by e-mail."""

    def create_user(self, courriel: str, mot_de_passe: str | None = None, **champs: Any) -> Utilisateur:
        """Create a user; without a password the account waits for a reset by e-mail."""
        utilisateur = self.model(courriel=self.normalize_email(courriel).lower(), **champs)
        utilisateur.set_password(mot_de_passe)
        utilisateur.save(using=self._db)
        return utilisateur

    def create_superuser(self, courriel: str, password: str | None = None, **champs: Any) -> Utilisateur:
        """Create the first administrator (command createsuperuser)."""
        champs |= {"is_staff": True, "is_superuser": True}
        champs.setdefault("nom", "Administration")
        return self.create_user(courriel, password, **champs)

    def get_by_natural_key(self, username: str | None) -> Utilisateur:
        """Find by e-mail, whatever the case."""
        return self.get(courriel=(username or "").strip().lower())


class Utilisateur(AbstractBaseUser, PermissionsMixin):
    """Someone who logs in."""

    courriel = models.EmailField("adresse électronique", unique=True)
    prenom = models.CharField("prénom", max_length=80, blank=True)
    nom = models.CharField("nom", max_length=80)
    fonction = models.CharField("fonction", max_length=120, blank=True)
    telephone = models.CharField("téléphone", max_length=20, blank=True)
    theme = models.CharField("thème", max_length=10, choices=Theme, default=Theme.AUTO)
    densite = models.CharField("densité", max_length=10, choices=Densite, default=Densite.NORMALE)
    avis_par_courriel = models.BooleanField("recevoir aussi les avis par courriel", default=True)
    demonstration = models.BooleanField("compte de démonstration", default=False)
    is_active = models.BooleanField("actif", default=True)
    is_staff = models.BooleanField("accès à l’administration des référentiels", default=False)
    cree_le = models.DateTimeField("créé le", default=timezone.now)

    objects = UtilisateurManager.from_queryset(UtilisateurQuerySet)()

    USERNAME_FIELD = "courriel"
    EMAIL_FIELD = "courriel"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["nom"]

    class Meta:
        verbose_name = "utilisateur"
        ordering = ["nom", "prenom", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(courriel=Lower("courriel")),
                name="courriel_en_minuscules",
                violation_error_message="L’adresse électronique s’écrit en minuscules.",
            )
        ]

    def __str__(self) -> str:
        """Return « prénom nom »."""
        return f"{self.prenom} {self.nom}".strip()

    def get_full_name(self) -> str:
        """Return « prénom nom »."""
        return str(self)

    def get_short_name(self) -> str:
        """Return the first name, else the name."""
        return self.prenom or self.nom

    @cached_property
    def habilitations_actives(self) -> list[Habilitation]:
        """Return the habilitations valid today, read once per request."""
        if not self.is_active:
            return []
        return list(self.habilitations.au(timezone.localdate()).select_related("structure", "territoire"))

    def roles(self) -> frozenset[str]:
        """Return the roles held today."""
        return frozenset(h.role for h in self.habilitations_actives)

    def a_role(self, *roles: str) -> bool:
        """Return whether one of `roles` is held today."""
        return bool(self.roles() & set(roles))

    def structures_du_role(self, *roles: str) -> frozenset[int]:
        """Return the identifiers of the structures for which one of `roles` is held today."""
        return frozenset(h.structure_id for h in self.habilitations_actives if h.role in roles and h.structure_id)
