"""The world of the matrix: one account a role, and objects that some may see and others not.

A `matrice_*.py` that needs more objects defines `preparer(monde)`, which sets them as attributes.
"""

from __future__ import annotations

from typing import Any

from django.test import Client

from actions.models import EtatProgramme, TypeRole
from pdi.comptes.models import Role, Utilisateur
from tests.fabriques import (
    AxeFactory,
    BilanFactory,
    CampagneFactory,
    FicheFactory,
    GabaritFactory,
    HabilitationFactory,
    IndicateurFactory,
    MesureFactory,
    NiveauFactory,
    ProgrammeFactory,
    RoleFicheFactory,
    SignataireFactory,
    StructureFactory,
    UtilisateurFactory,
)

from .table import ANONYME


class Monde:
    """Accounts, their clients, and the objects that the lines name.

    `programme`: the département's, in force. `fiche`: piloted by the pilote's structure, the prestataire's acts in
    it, the partenaire's signs the programme. `fiche_restreinte`: of the same programme, open to its actors only,
    none of whom is here. `autre_programme`, `autre_fiche`: unknown to partners. `reference`: another département's.
    """

    utilisateurs: dict[str, Utilisateur]
    clients: dict[str, Client]

    def __setattr__(self, nom: str, valeur: Any) -> None:
        """Keep the objects of each matrix file from replacing another's in silence."""
        assert nom not in self.__dict__, (
            f"« m.{nom} » appartient déjà à un autre fichier de la matrice : changez de nom."
        )
        super().__setattr__(nom, valeur)

    def __init__(self) -> None:
        gabarit = GabaritFactory.create()
        self.service = StructureFactory.create(nom="Service du PDI")
        self.prestataire = StructureFactory.create(nom="Atelier et Chantier")
        self.signataire = StructureFactory.create(nom="Caisse d’allocations")
        self.structure = StructureFactory.create(nom="Mission locale")
        structures = {
            Role.PILOTE: self.service, Role.PRESTATAIRE: self.prestataire, Role.PARTENAIRE: self.signataire,
        }  # fmt: skip
        self.utilisateurs = {
            role: UtilisateurFactory.create(role=role, structure=structures.get(Role(role)), nom=str(Role(role).label))
            for role in Role.values
        }
        # Nobody is refused for being the last administrator: that case has its own tests.
        self.second_administrateur = UtilisateurFactory.create(role=Role.ADMINISTRATEUR)
        self.clients = {ANONYME: Client()}
        for role, utilisateur in self.utilisateurs.items():
            self.clients[role] = Client()
            self.clients[role].force_login(utilisateur, backend="django.contrib.auth.backends.ModelBackend")

        self.programme = ProgrammeFactory.create(code="essonne-2022-2026", gabarit=gabarit)
        NiveauFactory.create(programme=self.programme)
        SignataireFactory.create(programme=self.programme, structure=self.signataire)
        self.axe = AxeFactory.create(programme=self.programme)
        self.fiche = FicheFactory.create(axe=self.axe, numero="2.1")
        RoleFicheFactory.create(fiche=self.fiche, structure=self.service, type=TypeRole.PILOTE)
        RoleFicheFactory.create(fiche=self.fiche, structure=self.prestataire, type=TypeRole.PARTENAIRE_EXTERNE)
        self.fiche_restreinte = FicheFactory.create(axe=self.axe, numero="2.2", restreinte=True)
        self.autre_programme = ProgrammeFactory.create(code="autre-2022-2026", gabarit=gabarit)
        self.autre_fiche = FicheFactory.create(programme=self.autre_programme, numero="1")
        self.reference = ProgrammeFactory.create(
            code="correze-2016-2018", gabarit=gabarit, reference=True, annee_debut=2016, annee_fin=2018,
            etat=EtatProgramme.ECHU,
        )  # fmt: skip
        self.fiche_reference = FicheFactory.create(programme=self.reference, numero="3-1")
        self.indicateur = IndicateurFactory.create(fiche=self.fiche)
        self.indicateur_restreint = IndicateurFactory.create(fiche=self.fiche_restreinte)
        self.mesure = MesureFactory.create(indicateur=self.indicateur)
        self.campagne = CampagneFactory.create(programme=self.programme, annee=2025)
        self.bilan = BilanFactory.create(campagne=self.campagne, fiche=self.fiche)
        self.bilan_restreint = BilanFactory.create(campagne=self.campagne, fiche=self.fiche_restreinte)
        self.sans_role = UtilisateurFactory.create(nom="Sans rôle")
        self.habilitation = HabilitationFactory.create(utilisateur=self.sans_role, role=Role.ENCADRANT)

    def qui(self, role: str) -> Any:
        """Return the account that holds `role`."""
        return self.utilisateurs[role]
