"""How long a file is kept: archived when it has ended long enough, erased later, never while something runs."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import DatabaseError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from parcours.models import Courrier, DossierRSA, Foyer, LotCourriers, MembreFoyer, ModeleCourrier, Personne
from parcours.operations.conservation import archiver_personnes, conserver_personne, effacer_personnes
from parcours.regles.delais import plus_mois
from pdi.comptes.models import Role
from pdi.socle.droits import DroitInsuffisant, RegleMetier
from pdi.socle.models import EntreeJournal
from tests.fabriques import UtilisateurFactory
from tests.fabriques_parcours import (
    ContratFactory,
    EntretienFactory,
    OrientationFactory,
    PersonneFactory,
    PrescriptionFactory,
    SortieFactory,
    il_y_a,
    personne_suivie,
)

pytestmark = pytest.mark.django_db


def jour() -> datetime.date:
    return timezone.localdate()


def dossier_clos(clos_le: datetime.date, **plus: Any) -> Personne:
    """Return a person whose path is over and whose RSA file was closed on `clos_le`."""
    personne = personne_suivie(**{"entree": clos_le - datetime.timedelta(days=200)} | plus)
    personne.orientations.all().delete()
    personne.affectations.all().delete()
    personne.droits_devoirs.all().delete()
    DossierRSA.objects.filter(foyer__membres__personne=personne).update(clos_le=clos_le)
    Personne.objects.filter(pk=personne.pk).update(dernier_contact=None)
    return personne


def archivees() -> set[int]:
    return set(Personne.objects.filter(archivee_le__isnull=False).values_list("pk", flat=True))


def test_un_dossier_clos_depuis_deux_ans_est_archive_pas_un_plus_recent() -> None:
    ancien, recent = dossier_clos(plus_mois(jour(), -24)), dossier_clos(plus_mois(jour(), -23))
    archiver_personnes(jour=jour())
    assert archivees() == {ancien.pk}
    assert recent.pk not in archivees()
    assert EntreeJournal.objects.get(verbe="archiver_personnes").objet_id == str(ancien.pk)


def test_un_contact_plus_recent_ou_un_dossier_rouvert_retient() -> None:
    vue, rouverte = dossier_clos(il_y_a(900)), dossier_clos(il_y_a(900))
    Personne.objects.filter(pk=vue.pk).update(dernier_contact=il_y_a(100))
    DossierRSA.objects.filter(foyer__membres__personne=rouverte).update(clos_le=None)
    archiver_personnes(jour=jour())
    assert archivees() == set()


def test_une_personne_archivee_n_est_trouvee_que_d_un_administrateur(client: Client) -> None:
    personne = dossier_clos(il_y_a(900), nom_naissance="Exemple")
    agent = UtilisateurFactory.create(role=Role.AGENT_ORIENTATION)
    admin = UtilisateurFactory.create(role=Role.ADMINISTRATEUR)
    assert Personne.objects.visibles_par(agent).filter(pk=personne.pk).exists()
    archiver_personnes(jour=jour())
    assert not Personne.objects.visibles_par(agent).filter(pk=personne.pk).exists()
    assert Personne.objects.visibles_par(admin).filter(pk=personne.pk).exists()
    client.force_login(agent)
    assert client.get(personne.get_absolute_url()).status_code == 404


def test_un_dossier_qui_revit_sort_des_archives() -> None:
    personne = dossier_clos(il_y_a(900))
    archiver_personnes(jour=jour())
    DossierRSA.objects.filter(foyer__membres__personne=personne).update(clos_le=None)
    archiver_personnes(jour=jour())
    assert archivees() == set()


def test_l_effacement_emporte_le_dossier_et_ce_que_le_journal_en_disait(
    django_capture_on_commit_callbacks: Any,
) -> None:
    personne = dossier_clos(il_y_a(2500))
    autre = PersonneFactory.create()
    EntretienFactory.create(personne=personne)
    ancienne = OrientationFactory.create(personne=personne, periode=DateRange(il_y_a(2700), il_y_a(2500)))
    premier = ContratFactory.create(personne=personne, etat="clos", debut=il_y_a(2700), orientation=ancienne)
    ContratFactory.create(personne=personne, etat="clos", debut=il_y_a(2600), precedent=premier)
    action = PrescriptionFactory.create(personne=personne)
    SortieFactory.create(personne=personne, nature="action", prescription=action, date=il_y_a(2550))
    foyer = personne.places.get().foyer_id
    qui = UtilisateurFactory.create(role=Role.REFERENT)
    modele = ModeleCourrier.objects.create(
        code="x", nature="convocation", intitule="X", objet="X", corps="X", validite=DateRange(il_y_a(2700), None)
    )
    lot = LotCourriers.objects.create(modele=modele, par=qui, pages=1, fichier=ContentFile(b"%PDF-", "lot.pdf"))
    imprime = lot.fichier
    Courrier.objects.create(personne=personne, modele=modele, lot=lot, par=qui)
    for cible in (personne, autre):
        EntreeJournal.objects.create(
            verbe="modifier_identite", objet_type="parcours.personne", objet_id=str(cible.pk),
            objet_libelle="EXEMPLE Jeanne", avant={"nom": "Exemple"}, apres={"nom": "Modèle"}, commentaire="Mariage",
        )  # fmt: skip
    Personne.objects.filter(pk=personne.pk).update(archivee_le=plus_mois(jour(), -36))
    with django_capture_on_commit_callbacks(execute=True):
        assert effacer_personnes(jour=jour()) == 1
    assert not Personne.objects.filter(pk=personne.pk).exists()
    assert not imprime.storage.exists(str(imprime.name)), "le lot à imprimer porte son nom et son adresse"
    assert LotCourriers.objects.get().fichier == ""
    assert not Foyer.objects.filter(pk=foyer).exists()
    assert not DossierRSA.objects.filter(foyer=foyer).exists()
    ligne = EntreeJournal.objects.get(verbe="modifier_identite", objet_id=str(personne.pk))
    assert (ligne.objet_libelle, ligne.avant, ligne.apres, ligne.commentaire) == ("Effacé", {}, {}, "")
    assert EntreeJournal.objects.get(objet_id=str(autre.pk)).commentaire == "Mariage"
    assert EntreeJournal.objects.filter(verbe="effacer_personnes", objet_id=str(personne.pk)).exists()


def test_le_journal_reste_en_ajout_seul_hors_d_un_effacement() -> None:
    ligne = EntreeJournal.objects.create(verbe="x", objet_type="t", objet_id="1", objet_libelle="Y")
    for essai in (
        lambda: EntreeJournal.objects.filter(pk=ligne.pk).update(objet_libelle="Effacé"),
        lambda: EntreeJournal.objects.filter(pk=ligne.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            essai()


def test_un_dossier_a_conserver_n_est_pas_efface() -> None:
    admin = UtilisateurFactory.create(role=Role.ADMINISTRATEUR)
    personne = dossier_clos(il_y_a(2500))
    Personne.objects.filter(pk=personne.pk).update(archivee_le=plus_mois(jour(), -40))
    conserver_personne(personne=personne.pk, jusqu_au=il_y_a(-30), motif="Recours en cours", par=admin)
    assert effacer_personnes(jour=jour()) == 0
    assert effacer_personnes(jour=il_y_a(-31)) == 1
    with pytest.raises(RegleMetier, match="jour à venir"):
        conserver_personne(personne=personne.pk, jusqu_au=jour(), motif="Recours", par=admin)
    with pytest.raises(DroitInsuffisant):
        conserver_personne(
            personne=personne.pk, jusqu_au=il_y_a(-30), motif="Recours",
            par=UtilisateurFactory.create(role=Role.ENCADRANT),
        )  # fmt: skip


def test_un_foyer_qui_vit_encore_garde_ses_autres_membres() -> None:
    personne = dossier_clos(il_y_a(2500))
    conjointe = PersonneFactory.create()
    place = personne.places.get()
    MembreFoyer.objects.create(foyer=place.foyer, personne=conjointe, role="CJT", periode=place.periode)
    Personne.objects.filter(pk=personne.pk).update(archivee_le=plus_mois(jour(), -36))
    effacer_personnes(jour=jour())
    assert Personne.objects.filter(pk=conjointe.pk).exists()
    assert Foyer.objects.filter(pk=place.foyer_id).exists()


def test_l_administrateur_voit_ce_qui_vient_avant_que_cela_n_arrive(client: Client) -> None:
    client.force_login(UtilisateurFactory.create(role=Role.ADMINISTRATEUR))
    dossier_clos(plus_mois(il_y_a(-15), -24), nom_naissance="Bientot")
    a_detruire = dossier_clos(il_y_a(2500), nom_naissance="Ancienne")
    Personne.objects.filter(pk=a_detruire.pk).update(archivee_le=plus_mois(il_y_a(-10), -36))
    adresse = reverse("parcours:conservation")
    contenu = client.get(adresse).content.decode()
    assert "BIENTOT" in contenu
    assert f"Archivage le {il_y_a(-15):%d/%m/%Y}" in contenu
    contenu = client.get(adresse, {"etape": "effacer"}).content.decode()
    assert "ANCIENNE" in contenu
    assert f"effacement le {il_y_a(-10):%d/%m/%Y}" in contenu
    reponse = client.post(
        reverse("parcours:conserver", args=[a_detruire.pk]), {"jusqu_au": il_y_a(-90).isoformat(), "motif": "Recours"}
    )
    assert reponse.status_code == 302
    assert "ANCIENNE" not in client.get(adresse, {"etape": "effacer"}).content.decode()
