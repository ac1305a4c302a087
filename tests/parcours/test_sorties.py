"""Exits: three things kept apart, an end that closes and says so, an undo, follow-ups, evidence, levels."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from parcours.models import (
    AffectationReferent,
    DossierRSA,
    NatureMotif,
    NatureSortie,
    Orientation,
    PalierInsertion,
    PieceSortie,
    Sortie,
    SuiviPostSortie,
)
from parcours.operations.sorties import (
    IssueAction,
    SaisieSortie,
    annuler_sortie,
    constater_sortie,
    fermetures,
    terminer_accompagnement,
)
from parcours.operations.suivis import noter_palier, noter_suivi
from parcours.regles.delais import plus_mois
from parcours.regles.sorties import echeances_de_suivi, taux_de_reponse
from pdi.comptes.models import Role
from pdi.socle.droits import DroitInsuffisant, RegleMetier
from pdi.socle.models import EntreeJournal
from tests.fabriques import StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import (
    AffectationFactory,
    DossierFactory,
    MembreFoyerFactory,
    MotifFactory,
    OrientationFactory,
    PersonneFactory,
    PrescriptionFactory,
    ReferentielSortieFactory,
    SortieFactory,
    SuiviFactory,
    TypeSortieFactory,
    depuis,
    il_y_a,
    personne_suivie,
)

base = pytest.mark.django_db
ISSUE = IssueAction("atteint", "Vélo réparé, trajet assuré.")
PDF = b"%PDF-1.7 attestation fictive"


@given(st.dates(datetime.date(2015, 1, 1), datetime.date(2040, 12, 31)))
def test_un_suivi_tombe_le_meme_jour_du_mois_ou_le_dernier(sortie: datetime.date) -> None:
    echeances = echeances_de_suivi(sortie)
    assert [mois for mois, _ in echeances] == [1, 3, 6, 12]
    for mois, due in echeances:
        assert (due.year * 12 + due.month) - (sortie.year * 12 + sortie.month) == mois
        assert due.day == sortie.day or (due + datetime.timedelta(days=1)).day == 1
    assert sorted(due for _, due in echeances) == [due for _, due in echeances]


@pytest.mark.parametrize(
    ("sortie", "attendus"),
    [
        pytest.param((2024, 1, 31), [(2024, 2, 29), (2024, 4, 30), (2024, 7, 31), (2025, 1, 31)], id="bissextile"),
        pytest.param((2025, 8, 31), [(2025, 9, 30), (2025, 11, 30), (2026, 2, 28), (2026, 8, 31)], id="fin-de-mois"),
        pytest.param((2024, 2, 29), [(2024, 3, 29), (2024, 5, 29), (2024, 8, 29), (2025, 2, 28)], id="29-fevrier"),
    ],
)
def test_les_suivis_aux_fins_de_mois(sortie: tuple[int, int, int], attendus: list[tuple[int, int, int]]) -> None:
    assert [d for _, d in echeances_de_suivi(datetime.date(*sortie))] == [datetime.date(*a) for a in attendus]


def test_sans_suivi_du_il_n_y_a_pas_de_taux() -> None:
    assert taux_de_reponse(0, 0) is None
    assert taux_de_reponse(3, 4) == 75


def motif(libelle: str = "Accès à l’emploi", **plus: Any) -> Any:
    return MotifFactory.create(nature=NatureMotif.FIN_ACCOMPAGNEMENT, libelle=libelle, **plus)


def saisie(jour: datetime.date | None = None, **autres: Any) -> SaisieSortie:
    return SaisieSortie(type=autres.pop("type", None) or TypeSortieFactory.create(), date=jour or il_y_a(3), **autres)


def terminer(personne: Any, par: Any, **autres: Any) -> Sortie:
    return terminer_accompagnement(
        personne=personne, saisie=autres.pop("saisie", None) or saisie(), motif=motif(), par=par, **autres
    )


@base
def test_la_fin_ferme_le_referent_et_l_orientation_et_prevoit_les_suivis(referent) -> None:
    personne = personne_suivie(referent=referent)
    jour = il_y_a(3)
    sortie = terminer(personne, referent, saisie=saisie(jour, employeur="Atelier", contrat_travail="cdi"))
    lendemain = jour + datetime.timedelta(days=1)
    assert personne.affectations.get().periode.upper == lendemain
    assert personne.orientations.get().periode.upper == lendemain
    assert (sortie.referent, sortie.structure) == (referent, personne.affectations.get().structure)
    assert list(sortie.suivis.values_list("mois", "du_le")) == echeances_de_suivi(jour)
    entree = EntreeJournal.objects.get(verbe="terminer_accompagnement")
    assert "Accès à l’emploi" in str(entree.apres)
    assert "Atelier" not in str(entree.apres)


@base
def test_sans_retour_a_l_emploi_aucun_suivi_n_est_prevu(referent) -> None:
    autre = TypeSortieFactory.create(categorie="autre", libelle="Déménagement")
    sortie = terminer(personne_suivie(referent=referent), referent, saisie=saisie(type=autre))
    assert not sortie.suivis.exists()


@base
def test_le_referent_garde_la_main_jusqu_au_dernier_suivi(referent) -> None:
    from parcours.droits import peut_suivre

    personne = personne_suivie(referent=referent)
    sortie = terminer(personne, referent)
    assert peut_suivre(referent, personne)
    Sortie.objects.filter(pk=sortie.pk).update(date=plus_mois(timezone.localdate(), -14))
    assert not peut_suivre(referent, personne)
    assert not peut_suivre(UtilisateurFactory.create(role=Role.REFERENT, structure=sortie.structure), personne)


@base
def test_les_trois_sorties_ne_se_confondent_pas(referent) -> None:
    personne = personne_suivie(referent=referent)
    action = en_action(personne)
    constater_sortie(prescription=action, saisie=saisie(), issue=ISSUE, par=referent)
    action.refresh_from_db()
    assert (action.etat, action.fin_le, action.resultat) == ("achevee", il_y_a(3), "atteint")
    constater_sortie(personne=personne, saisie=saisie(), par=referent)
    assert personne.affectations.get().periode.upper is None
    assert personne.orientations.get().periode.upper is None
    terminer(personne, referent)
    assert {s.nature for s in personne.sorties.all()} == set(NatureSortie.values)


def en_action(personne: Any, **autres: Any) -> Any:
    dates = {"signee_le": il_y_a(60), "transmise_le": il_y_a(59), "repondue_le": il_y_a(50), "entree_le": il_y_a(40)}
    action = {"offre": None, "action_libre": "Atelier vélo", "etat": "en_action"}
    return PrescriptionFactory.create(personne=personne, **{**action, **dates, **autres})


@base
@pytest.mark.parametrize(
    ("jour", "dit"),
    [pytest.param(-1, "à venir", id="demain"), pytest.param(41, "l’entrée dans l’action", id="avant-l-entree")],
)
def test_une_date_impossible_est_refusee_et_dite(referent, jour: int, dit: str) -> None:
    action = en_action(personne_suivie(referent=referent))
    with pytest.raises(RegleMetier, match=dit):
        constater_sortie(prescription=action, saisie=saisie(il_y_a(jour)), par=referent)
    assert not Sortie.objects.exists()


@base
def test_une_action_ne_se_quitte_qu_une_fois_et_apres_y_etre_entre(referent) -> None:
    personne = personne_suivie(referent=referent)
    with pytest.raises(DroitInsuffisant, match="pas entrée"):
        constater_sortie(
            prescription=PrescriptionFactory.create(personne=personne, offre=None, action_libre="Vélo"),
            saisie=saisie(), par=referent,
        )  # fmt: skip
    action = en_action(personne)
    with pytest.raises(RegleMetier, match="objectif est atteint"):
        constater_sortie(prescription=action, saisie=saisie(), par=referent)
    constater_sortie(
        prescription=action, saisie=saisie(), issue=IssueAction("abandon", "N’est plus venue"), par=referent
    )
    with pytest.raises(DroitInsuffisant, match="déjà"):
        constater_sortie(prescription=action, saisie=saisie(), par=referent)


@base
def test_l_operateur_constate_la_sortie_de_son_action_pas_la_fin_de_l_accompagnement() -> None:
    structure = StructureFactory.create()
    operateur = UtilisateurFactory.create(role=Role.PRESTATAIRE, structure=structure)
    personne = personne_suivie()
    action = en_action(personne, operateur=structure)
    sortie = constater_sortie(prescription=action, saisie=saisie(), issue=ISSUE, par=operateur)
    assert sortie.nature == NatureSortie.ACTION
    with pytest.raises(DroitInsuffisant):
        terminer(personne, operateur)
    with pytest.raises(DroitInsuffisant):
        constater_sortie(prescription=en_action(personne), saisie=saisie(), par=operateur)


@base
def test_le_type_vient_du_referentiel_en_vigueur_a_la_date(referent) -> None:
    futur = ReferentielSortieFactory.create(validite=depuis(il_y_a(2)))
    personne = personne_suivie(referent=referent)
    with pytest.raises(RegleMetier, match="en vigueur"):
        terminer(personne, referent, saisie=saisie(il_y_a(3), type=TypeSortieFactory.create(referentiel=futur)))
    assert terminer(personne, referent, saisie=saisie(il_y_a(1), type=futur.types.get())).type.referentiel == futur


@base
def test_un_contrat_de_travail_ne_va_pas_sans_emploi(referent) -> None:
    autre = TypeSortieFactory.create(categorie="autre", libelle="Déménagement")
    with pytest.raises(RegleMetier, match="retour à l’emploi") as refus:
        terminer(personne_suivie(referent=referent), referent, saisie=saisie(type=autre, contrat_travail="cdi"))
    assert refus.value.champ == "contrat_travail"


@base
def test_rien_a_terminer_se_dit(referent) -> None:
    personne = PersonneFactory.create()
    AffectationFactory.create(personne=personne, referent=referent, periode=depuis(il_y_a(2)))
    with pytest.raises(RegleMetier, match="ni référent ni orientation"):
        terminer(personne, referent, saisie=saisie(il_y_a(10)))


@base
def test_une_confirmation_perimee_ne_ferme_rien(referent) -> None:
    personne = personne_suivie(referent=referent)
    vue = fermetures(personne, il_y_a(3)).empreinte
    personne.orientations.all().delete()
    OrientationFactory.create(personne=personne)
    with pytest.raises(RegleMetier, match="a changé"):
        terminer(personne, referent, confirmee=vue)
    assert personne.affectations.get().periode.upper is None


@base
def test_annuler_rouvre_ce_qui_avait_ete_ferme_et_le_journal_s_en_souvient(referent) -> None:
    personne = personne_suivie(referent=referent)
    sortie = terminer(personne, referent)
    annuler_sortie(sortie=sortie, motif="Saisie sur la mauvaise personne", par=referent)
    assert not personne.sorties.exists()
    assert not SuiviPostSortie.objects.exists()
    assert personne.affectations.get().periode.upper is None
    assert personne.affectations.get().motif_fin is None
    assert personne.orientations.get().periode.upper is None
    entree = EntreeJournal.objects.get(verbe="annuler_sortie")
    assert entree.commentaire == "Saisie sur la mauvaise personne"
    assert "CDI" in str(entree.avant)


@base
@pytest.mark.parametrize("quoi", ["referent", "orientation"])
def test_annuler_est_refuse_quand_la_suite_a_commence(referent, quoi: str) -> None:
    personne = personne_suivie(referent=referent)
    sortie = terminer(personne, referent)
    if quoi == "referent":
        AffectationFactory.create(personne=personne, periode=depuis(il_y_a(1)))
    else:
        OrientationFactory.create(personne=personne, decidee_le=il_y_a(1))
    with pytest.raises(RegleMetier, match="depuis cette sortie"):
        annuler_sortie(sortie=sortie, motif="Erreur de saisie", par=referent)
    assert Sortie.objects.filter(pk=sortie.pk).exists()
    assert AffectationReferent.objects.filter(personne=personne, periode__endswith__isnull=True).count() == (
        quoi == "referent"
    )
    assert Orientation.objects.filter(personne=personne).count() == 1 + (quoi == "orientation")


@base
def test_une_fin_sans_motif_est_refusee_par_la_base() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        SortieFactory.create(motif=None)


@base
def test_un_suivi_se_note_se_corrige_et_refuse_l_avenir(referent) -> None:
    suivi = terminer(personne_suivie(referent=referent), referent, saisie=saisie(il_y_a(40))).suivis.get(mois=1)
    with pytest.raises(RegleMetier, match="à venir"):
        noter_suivi(suivi=suivi, situation="emploi", recueilli_le=il_y_a(-1), par=referent)
    with pytest.raises(RegleMetier, match="précéder la sortie"):
        noter_suivi(suivi=suivi, situation="emploi", recueilli_le=il_y_a(41), par=referent)
    noter_suivi(suivi=suivi, situation="injoignable", recueilli_le=il_y_a(2), par=referent)
    note = noter_suivi(suivi=suivi, situation="emploi", recueilli_le=il_y_a(1), par=referent)
    assert (note.situation, note.recueilli_par) == ("emploi", referent)
    entree = EntreeJournal.objects.filter(verbe="noter_suivi").latest("pk")
    assert "Injoignable" in str(entree.avant)


@base
def test_le_palier_se_note_avant_puis_apres(referent) -> None:
    action = en_action(personne_suivie(referent=referent))
    noter_palier(prescription=action, avant=2, par=referent)
    noter_palier(prescription=action, avant=2, apres=4, par=referent)
    assert str(PalierInsertion.objects.get()) == "2 → 4"
    with pytest.raises(RegleMetier, match="1 à 5"):
        noter_palier(prescription=action, avant=2, apres=6, par=referent)


@base
def test_l_ecran_montre_ce_qui_sera_ferme_avant_de_fermer(client: Client, referent) -> None:
    personne = personne_suivie(referent=referent)
    client.force_login(referent)
    adresse = reverse("parcours:accompagnement_terminer", args=[personne.pk])
    envoi = {"motif": motif().pk, "type": TypeSortieFactory.create().pk, "date": il_y_a(1).isoformat()}
    assert client.post(adresse, {**envoi, "motif": ""}).status_code == 422
    assert "en admet plusieurs" in client.post(adresse, {**envoi, "type": ""}).content.decode()
    depart = TypeSortieFactory.create(code="retraite", libelle="Départ à la retraite")
    dit = {**envoi, "motif": motif("Retraite", code="retraite").pk, "type": ""}
    deduit = client.post(adresse, dit)
    assert deduit.context["form"].saisie().type == depart
    assert "Départ à la retraite." in deduit.content.decode()
    apercu = client.post(adresse, envoi)
    contenu = apercu.content.decode()
    assert apercu.status_code == 200
    assert "Voici ce qui sera fermé" in contenu
    assert str(referent) in contenu
    assert "à 12" in contenu
    assert not Sortie.objects.exists()
    empreinte = fermetures(personne, il_y_a(1)).empreinte
    reponse = client.post(adresse, {**envoi, "confirmee": empreinte, "fichier": SimpleUploadedFile("contrat.pdf", PDF)})
    sortie = Sortie.objects.get()
    assert reponse.headers["Location"] == sortie.get_absolute_url()
    page = client.get(sortie.get_absolute_url()).content.decode()
    assert "contrat.pdf" in page
    assert "Accès à l’emploi" in page
    dossier = client.get(reverse("parcours:personne", args=[personne.pk])).content.decode()
    assert "Noter le suivi" in dossier
    assert f'href="{reverse("parcours:sortie_piece", args=[PieceSortie.objects.get().pk])}"' in dossier


@base
def test_un_justificatif_est_controle_et_se_telecharge_protege(client: Client, referent) -> None:
    personne = personne_suivie(referent=referent)
    client.force_login(referent)
    adresse = reverse("parcours:sortie_rsa", args=[personne.pk])
    envoi = {"type": TypeSortieFactory.create().pk, "date": il_y_a(1).isoformat()}
    faux = client.post(adresse, {**envoi, "fichier": SimpleUploadedFile("attestation.pdf", b"MZ executable")})
    assert faux.status_code == 422
    assert "n’est pas celui d’un fichier .pdf" in faux.content.decode()
    assert not Sortie.objects.exists()
    client.post(adresse, {**envoi, "fichier": SimpleUploadedFile("attestation.pdf", PDF)})
    telechargement: Any = client.get(reverse("parcours:sortie_piece", args=[PieceSortie.objects.get().pk]))
    assert b"".join(telechargement.streaming_content) == PDF
    assert telechargement.headers["Content-Disposition"].startswith("attachment")
    client.force_login(UtilisateurFactory.create(role=Role.REFERENT, structure=StructureFactory.create()))
    assert client.get(reverse("parcours:sortie_piece", args=[PieceSortie.objects.get().pk])).status_code == 404


@base
def test_la_page_d_une_sortie_coute_autant_avec_quatre_suivis_qu_avec_un(
    client: Client, referent, django_assert_max_num_queries
) -> None:
    sortie = SortieFactory.create(personne=personne_suivie(referent=referent), referent=referent)
    client.force_login(referent)
    for mois in (1, 3, 6, 12):
        SuiviFactory.create(sortie=sortie, mois=mois)
        with django_assert_max_num_queries(14):
            assert "à faire le" in client.get(sortie.get_absolute_url()).content.decode()


@base
def test_annuler_rend_le_motif_de_la_fin_qui_etait_deja_prevue(referent) -> None:
    personne = personne_suivie(referent=referent)
    depart = MotifFactory.create(nature=NatureMotif.FIN_REFERENT, libelle="Départ de l’agent")
    suivie = personne.affectations.get()
    suivie.periode, suivie.motif_fin = DateRange(suivie.periode.lower, il_y_a(-30)), depart
    suivie.save()
    annuler_sortie(sortie=terminer(personne, referent), motif="Erreur de saisie", par=referent)
    suivie.refresh_from_db()
    assert (suivie.periode.upper, suivie.motif_fin) == (il_y_a(-30), depart)


@base
def test_la_sortie_du_rsa_est_celle_du_foyer_ou_elle_vit(referent) -> None:
    personne = personne_suivie(referent=referent)
    parents = DossierFactory.create(demande_le=il_y_a(10), ouvert_le=il_y_a(5))
    MembreFoyerFactory.create(foyer=parents.foyer, personne=personne, periode=DateRange(il_y_a(900), il_y_a(400)))
    sien = DossierRSA.objects.get(foyer__membres__personne=personne, foyer__membres__periode__contains=il_y_a(8))
    sortie = constater_sortie(personne=personne, saisie=saisie(il_y_a(8)), par=referent)
    assert sortie.dossier == sien
