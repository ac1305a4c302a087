"""Référents: one at a date whatever the sequence, a transfer that loses nobody, portfolios that count right."""

from __future__ import annotations

import datetime
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parcours.models import (
    AffectationReferent,
    CapaciteReferent,
    EtatContrat,
    Lot,
    LotCourriers,
    ModeleCourrier,
    NatureCourrier,
    NatureMotif,
    Orientation,
    Personne,
)
from parcours.operations.affectations import SaisieReferent, SuiviEnCours, designer_referent, terminer_suivi
from parcours.operations.affectations_lot import apercevoir_designation, designer_lot
from parcours.operations.lots import figer_lot
from parcours.portefeuilles import lire
from parcours.tasks import faire_lot
from pdi.comptes.models import Role
from pdi.socle.droits import DroitInsuffisant, RegleMetier
from pdi.socle.models import EntreeJournal
from tests.fabriques import StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import (
    AffectationFactory,
    ContratFactory,
    MotifFactory,
    OrientationFactory,
    PersonneFactory,
    RegimeFactory,
    depuis,
    il_y_a,
    personne_suivie,
)

pytestmark = pytest.mark.django_db
JOUR = datetime.timedelta(days=1)


@pytest.fixture
def service() -> Any:
    return StructureFactory.create()


@pytest.fixture
def encadrant(client: Client) -> Any:
    utilisateur = UtilisateurFactory.create(role=Role.ENCADRANT)
    client.force_login(utilisateur)
    return utilisateur


@pytest.fixture
def motif() -> Any:
    return MotifFactory.create(nature=NatureMotif.FIN_REFERENT, code="transfert_portefeuille", libelle="Transfert")


def referent(service: Any, **identite: Any) -> Any:
    return UtilisateurFactory.create(role=Role.REFERENT, structure=service, **identite)


def designation(qui: Any, service: Any, **plus: Any) -> SaisieReferent:
    return SaisieReferent(structure=service, referent=qui, debut=plus.pop("debut", timezone.localdate()), **plus)


def test_le_premier_referent_est_designe_et_prevenu(encadrant, service):
    personne, nadia = PersonneFactory.create(), referent(service)
    suivi = designer_referent(personne=personne, saisie=designation(nadia, service), par=encadrant)
    assert (suivi.referent, suivi.designe_par, suivi.periode.upper) == (nadia, encadrant, None)
    assert nadia.avis.get().url == personne.get_absolute_url()
    assert EntreeJournal.objects.filter(verbe="designer_referent").count() == 1


def test_le_suivi_en_cours_ne_prend_fin_qu_une_fois_confirme_et_la_veille(encadrant, service, motif):
    personne = personne_suivie(referent=referent(service), structure=service)
    ancien, nouveau = personne.affectations.get(), referent(service)
    saisie = designation(nouveau, service, motif_fin=motif)
    with pytest.raises(SuiviEnCours) as refus:
        designer_referent(personne=personne, saisie=saisie, par=encadrant)
    assert refus.value.affectation == ancien
    designer_referent(personne=personne, saisie=saisie, par=encadrant, confirmee=ancien.pk)
    ancien.refresh_from_db()
    assert ancien.dernier_jour == saisie.debut - JOUR
    assert ancien.motif_fin == motif


def test_confirmer_sans_motif_de_fin_est_refuse(encadrant, service):
    personne = personne_suivie(referent=referent(service))
    saisie = designation(referent(service), service)
    with pytest.raises(RegleMetier) as refus:
        designer_referent(personne=personne, saisie=saisie, par=encadrant, confirmee=personne.affectations.get().pk)
    assert refus.value.champ == "motif_fin"


def test_un_binome_va_avec_un_accompagnement_global(encadrant, service):
    sociale, globale = PersonneFactory.create(), PersonneFactory.create()
    OrientationFactory.create(personne=sociale, mode="social")
    OrientationFactory.create(personne=globale, mode="global")
    nadia, conseiller = referent(service), referent(service)
    saisie = designation(nadia, service, binome=conseiller)
    with pytest.raises(RegleMetier, match="accompagnement global"):
        designer_referent(personne=sociale, saisie=saisie, par=encadrant)
    assert designer_referent(personne=globale, saisie=saisie, par=encadrant).binome == conseiller


def test_personne_ne_designe_hors_de_son_perimetre(service):
    encadrant = UtilisateurFactory.create(role=Role.ENCADRANT, structure=service)
    with pytest.raises(DroitInsuffisant):
        designer_referent(personne=personne_suivie(), saisie=designation(referent(service), service), par=encadrant)


def test_une_personne_decedee_ne_recoit_pas_de_referent(encadrant, service):
    personne = PersonneFactory.create(deces_le=il_y_a(3))
    with pytest.raises(RegleMetier, match="décédée"):
        designer_referent(personne=personne, saisie=designation(referent(service), service), par=encadrant)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(gestes=st.lists(st.tuples(st.sampled_from(["designer", "terminer", "lot"]), st.integers(-40, 40)), max_size=8))
def test_jamais_deux_referents_a_une_date(gestes, encadrant, service, motif):
    """Whatever is tried, in whatever order: at most one référent a day, and no follow-up ever shortened by surprise."""
    personne, qui = PersonneFactory.create(), [referent(service) for _ in range(3)]
    for rang, (geste, ecart) in enumerate(gestes):
        le = timezone.localdate() + ecart * JOUR
        saisie = designation(qui[rang % 3], service, debut=le, motif_fin=motif)
        dernier = personne.affectations.order_by("-periode").first()
        try:
            if geste == "designer":
                designer_referent(
                    personne=personne, saisie=saisie, par=encadrant, confirmee=dernier.pk if dernier else None
                )
            elif geste == "lot":
                seule = Personne.objects.filter(pk=personne.pk)
                vu = apercevoir_designation(personnes=seule, saisie=saisie, par=encadrant)
                designer_lot(personnes=seule, saisie=saisie, par=encadrant, empreinte=vu.empreinte)
            elif dernier is not None:
                terminer_suivi(affectation=dernier, dernier_jour=le, motif=motif, par=encadrant)
        except RegleMetier:
            continue
    suivis = list(personne.affectations.all())
    for ecart in range(-41, 42):
        assert sum(timezone.localdate() + ecart * JOUR in s.periode for s in suivis) <= 1
    bornes = [(s.periode.lower, s.periode.upper) for s in personne.affectations.order_by("periode")]
    assert all(fin is not None and fin <= suivant for (_, fin), (suivant, _) in pairwise(bornes))


def test_un_transfert_ne_perd_personne(encadrant, service, motif):
    depart, arrivee = referent(service), referent(service)
    suivies = [personne_suivie(referent=depart, structure=service) for _ in range(4)]
    decedee = personne_suivie(referent=depart, structure=service, deces_le=il_y_a(2))
    toutes = Personne.objects.filter(pk__in=[*(p.pk for p in suivies), decedee.pk])
    saisie = designation(arrivee, service, motif_fin=motif)
    vu = apercevoir_designation(personnes=toutes, saisie=saisie, par=encadrant)
    assert not AffectationReferent.objects.filter(referent=arrivee).exists()
    assert (len(vu.retenues), vu.hors) == (4, 1)
    fait = designer_lot(personnes=toutes, saisie=saisie, par=encadrant, empreinte=vu.empreinte)
    assert fait.retenues == vu.retenues
    jour = timezone.localdate()
    for personne in toutes:
        suivi = personne.affectations.get(periode__contains=jour)
        assert suivi.referent == (depart if personne == decedee else arrivee)
        assert personne.affectations.get(periode__contains=jour - JOUR).referent == depart

    retour = designation(depart, service, motif_fin=motif)  # a mistake: undone the same day
    vu = apercevoir_designation(personnes=toutes, saisie=retour, par=encadrant)
    assert any("4\u00a0désignations du même jour" in dite for dite in vu.constats)
    designer_lot(personnes=toutes, saisie=retour, par=encadrant, empreinte=vu.empreinte)
    assert not AffectationReferent.objects.filter(referent=arrivee).exists()
    assert all(p.affectations.get().referent == depart for p in toutes)  # as if nothing had happened
    assert EntreeJournal.objects.filter(verbe="retirer_designation").count() == 4


def test_ce_qui_change_apres_l_apercu_arrete_le_transfert(encadrant, service, motif):
    depart, arrivee = referent(service), referent(service)
    une, autre = (personne_suivie(referent=depart, structure=service) for _ in range(2))
    toutes = Personne.objects.filter(pk__in=[une.pk, autre.pk])
    saisie = designation(arrivee, service, motif_fin=motif)
    vu = apercevoir_designation(personnes=toutes, saisie=saisie, par=encadrant)
    terminer_suivi(affectation=une.affectations.get(), dernier_jour=il_y_a(1), motif=motif, par=encadrant)
    with pytest.raises(RegleMetier, match="a changé"):
        designer_lot(personnes=toutes, saisie=saisie, par=encadrant, empreinte=vu.empreinte)
    assert autre.affectations.get().referent == depart


def test_le_cout_d_un_lot_ne_depend_pas_du_nombre(encadrant, service, motif, django_assert_num_queries):
    def requetes(combien: int) -> int:
        depart, arrivee = referent(service), referent(service)
        cles = [personne_suivie(referent=depart, structure=service).pk for _ in range(combien)]
        toutes, saisie = Personne.objects.filter(pk__in=cles), designation(arrivee, service, motif_fin=motif)
        vu = apercevoir_designation(personnes=toutes, saisie=saisie, par=encadrant)
        with django_assert_num_queries(13) as lues:
            designer_lot(personnes=toutes, saisie=saisie, par=encadrant, empreinte=vu.empreinte)
        return len(lues)

    assert requetes(1) == requetes(8)


def test_le_filtre_est_fige_a_l_apercu(client: Client, encadrant, service, motif):
    premiere = personne_suivie(structure=service)
    filtre = {"geste": "designer", "portee": "filtre", "requete": f"?structure={service.pk}"}
    page = client.post(reverse("parcours:lot_creer"), filtre).headers["Location"]
    personne_suivie(structure=service)  # enters the filter after the choice
    lot = Lot.objects.get()
    assert lot.personnes == [premiere.pk]
    nadia = referent(service)
    donnees = {"referent": nadia.pk, "debut": timezone.localdate().isoformat(), "motif_fin": motif.pk}
    assert client.post(page, donnees).status_code == 302
    contenu = client.get(page).content.decode()
    assert "Confirmer pour 1\u00a0personne" in contenu
    empreinte = contenu.split('name="empreinte" value="')[1].split('"')[0]
    client.post(reverse("parcours:lot_executer", args=[lot.pk]), {"empreinte": empreinte})
    assert AffectationReferent.objects.get(referent=nadia).personne == premiere
    assert "confiée" in client.get(page).content.decode()
    # Done once: the same confirmation sent twice writes nothing more.
    client.post(reverse("parcours:lot_executer", args=[lot.pk]), {"empreinte": empreinte})
    assert AffectationReferent.objects.filter(referent=nadia).count() == 1


def test_sans_motif_les_referents_en_place_restent(client: Client, encadrant, service):
    suivie, libre = personne_suivie(structure=service), PersonneFactory.create()
    OrientationFactory.create(personne=libre, structure=service)
    saisie = designation(referent(service), service)
    toutes = Personne.objects.filter(pk__in=[suivie.pk, libre.pk])
    vu = apercevoir_designation(personnes=toutes, saisie=saisie, par=encadrant)
    assert vu.retenues == [libre.pk]
    assert list(vu.ecartees.values()) == [[suivie.pk]]


def test_une_capacite_depassee_et_une_orientation_ailleurs_se_disent_avant(encadrant, service, motif):
    nadia = referent(service)
    CapaciteReferent.objects.create(referent=nadia, places=1, periode=depuis(il_y_a(10)))
    cles = [personne_suivie(structure=service).pk for _ in range(2)]
    Orientation.objects.filter(personne=cles[0]).update(structure=StructureFactory.create(nom="Cap emploi"))
    vu = apercevoir_designation(
        personnes=Personne.objects.filter(pk__in=cles), par=encadrant,
        saisie=designation(nadia, service, motif_fin=motif),
    )  # fmt: skip
    assert vu.alertes == [f"{nadia}\u00a0: 2\u00a0personnes suivies en tout, pour une capacité de 1."]
    dites = "1\u00a0est orientée vers une autre structure que la sienne\u00a0: Cap emploi (1)."
    assert any(dite.startswith(dites) for dite in vu.constats)


def test_un_lot_n_est_lu_que_par_son_auteur(client: Client, encadrant):
    autre = UtilisateurFactory.create(role=Role.ENCADRANT)
    lot = figer_lot(geste="designer", personnes=Personne.objects.filter(pk=personne_suivie().pk), par=autre, filtre=[])
    assert client.get(lot.get_absolute_url()).status_code == 404


def test_un_portefeuille_compte_ses_retards(encadrant, service):
    RegimeFactory.create(
        validite=depuis(datetime.date(2020, 1, 1)),
        parametres={"delai_contrat": {"valeur": 1, "unite": "mois"}, "contrat_depuis": "notification"},
    )
    nadia = referent(service)
    for dernier_contact in (il_y_a(5), il_y_a(200), None):
        personne_suivie(referent=nadia, structure=service, dernier_contact=dernier_contact)
    en_regle = personne_suivie(referent=nadia, structure=service, dernier_contact=il_y_a(10))
    ContratFactory.create(personne=en_regle, etat=EtatContrat.VALIDE, debut=il_y_a(20))
    tout_juste = personne_suivie(referent=nadia, structure=service, dernier_contact=il_y_a(10))
    tout_juste.orientations.update(notifiee_le=il_y_a(3))
    p = lire([nadia], encadrant, timezone.localdate())[0]
    assert (p.suivies, p.contrats_en_retard, p.sans_contact) == (5, 3, 2)
    assert p.dernier_contact == il_y_a(5)


def test_le_portefeuille_d_un_agent_sans_compte_s_ouvre(client: Client, service):
    client.force_login(UtilisateurFactory.create(role=Role.ENCADRANT, structure=service))
    sienne, _ = (personne_suivie(structure=service, nom_naissance=nom) for nom in ("Sienne", "Voisine"))
    sienne.affectations.update(referent_nom="Charlie Récit")
    lien = f"{reverse('parcours:personnes')}?referent=a{sienne.affectations.get().pk}"
    assert f'href="{lien}"' in client.get(reverse("parcours:portefeuilles")).content.decode()
    liste = client.get(lien).content.decode()
    assert f"Charlie Récit, {service}" in liste
    assert ("SIENNE" in liste, "VOISINE" in liste) == (True, False)
    hors = personne_suivie(nom_naissance="Lointaine").affectations.get()
    refusee = client.get(reverse("parcours:personnes"), {"referent": f"a{hors.pk}"}).content.decode()
    assert f"{hors.referent_nom}, {hors.structure}" not in refusee


def test_les_portefeuilles_coutent_autant_pour_un_que_pour_trente(
    client: Client, encadrant, service, django_assert_max_num_queries
):
    def lire_page() -> int:
        with django_assert_max_num_queries(14) as lues:
            assert client.get(reverse("parcours:portefeuilles")).status_code == 200
        return len(lues)

    personne_suivie(referent=referent(service), structure=service)
    un = lire_page()
    for _ in range(5):
        personne_suivie(referent=referent(service), structure=service)
    assert lire_page() == un


def test_un_encadrant_de_structure_designe_parmi_les_siens(client: Client, service):
    encadrant = UtilisateurFactory.create(role=Role.ENCADRANT, structure=service)
    client.force_login(encadrant)
    sien, ailleurs = referent(service, nom="Dedans"), referent(StructureFactory.create(), nom="Dehors")
    personne = personne_suivie(structure=service, referent=AffectationFactory.create().referent)
    contenu = client.get(reverse("parcours:referent_designer", args=[personne.pk])).content.decode()
    assert str(sien) in contenu
    assert str(ailleurs) not in contenu


def test_l_ecran_de_designation_montre_ce_qui_prend_fin(client: Client, encadrant, service, motif):
    personne = personne_suivie(structure=service)
    adresse = reverse("parcours:referent_designer", args=[personne.pk])
    nouveau = referent(service)
    donnees = {"referent": nouveau.pk, "debut": timezone.localdate().isoformat(), "motif_fin": ""}
    reponse = client.post(adresse, donnees)
    assert reponse.status_code == 422
    assert "Noa Exemple" in reponse.content.decode()
    confirmee = personne.affectations.get().pk
    reponse = client.post(adresse, {**donnees, "motif_fin": motif.pk, "confirmee": confirmee})
    assert reponse.headers["Location"] == personne.get_absolute_url()
    contenu = client.get(personne.get_absolute_url()).content.decode()
    assert str(nouveau) in contenu
    assert "1\u00a0suivi précédent" in contenu

    corrigee = {**donnees, "referent": referent(service, nom="Bonne").pk}  # another was meant: said the same day
    assert "comme une erreur" in client.post(adresse, corrigee).content.decode()
    client.post(adresse, {**corrigee, "confirmee": personne.affectations.get(referent=nouveau).pk})
    assert personne.affectations.filter(referent__nom="Bonne", periode__contains=timezone.localdate()).exists()
    assert not personne.affectations.filter(referent=nouveau).exists()
    (premiere, fausse) = personne.affectations.order_by("periode")
    retour = {**donnees, "referent": "", "referent_nom": premiere.referent_nom, "structure": service.pk}
    client.post(adresse, {**retour, "confirmee": fausse.pk})
    assert personne.affectations.get().periode.upper is None


def lancer_lot(client: Client, geste: str, personnes: list[Any], donnees: dict[str, Any]) -> Any:
    """Choose rows, fill the form, confirm the preview; return the page of the report."""
    cles = [p.pk for p in personnes]
    page = client.post(
        reverse("parcours:lot_creer"), {"geste": geste, "portee": "selection", "personnes": cles}
    ).headers["Location"]
    assert client.post(page, donnees).status_code == 302
    empreinte = client.get(page).content.decode().split('name="empreinte" value="')[1].split('"')[0]
    client.post(f"{page}executer/", {"empreinte": empreinte})
    return client.get(page)


def test_reorienter_en_lot_dit_qui_est_laisse_et_pourquoi(client: Client, encadrant, service):
    RegimeFactory.create()
    une, identique = personne_suivie(), personne_suivie(structure=service)
    identique.orientations.update(type_decide="social", mode="social")
    donnees = {
        "type_decide": "social", "organisme": "departement", "structure": service.pk, "mode": "social",
        "le": timezone.localdate().isoformat(), "motif_texte": "Rapprochement du domicile",
    }  # fmt: skip
    contenu = lancer_lot(client, "orienter", [une, identique], donnees).content.decode()
    assert "1\u00a0personne orientée" in contenu
    assert "Déjà orientée ainsi" in contenu
    assert une.orientations.get(periode__contains=timezone.localdate()).structure == service


def test_les_courriers_d_un_lot_se_preparent_et_se_relisent(client: Client, encadrant):
    modele = ModeleCourrier.objects.create(
        code="bienvenue", nature=NatureCourrier.values[0], intitule="Bienvenue", objet="Bienvenue", corps="Bonjour.",
        validite=depuis(il_y_a(30)),
    )  # fmt: skip
    contenu = lancer_lot(client, "courrier", [personne_suivie(), personne_suivie()], {"modele": modele.pk})
    lettres = LotCourriers.objects.get()
    assert lettres.courriers.count() == 2
    assert lettres.get_absolute_url() in contenu.content.decode()


def test_au_dela_du_seuil_le_lot_se_fait_en_arriere_plan(client: Client, encadrant, service, monkeypatch):
    monkeypatch.setattr("parcours.operations.lots.SEUIL_ARRIERE_PLAN", 1)
    nadia, personnes = referent(service), [PersonneFactory.create() for _ in range(3)]
    donnees = {"referent": nadia.pk, "debut": timezone.localdate().isoformat(), "motif_fin": ""}
    lancer_lot(client, "designer", personnes, donnees)
    lot = Lot.objects.select_related("traitement").get()
    assert lot.traitement is not None
    assert not AffectationReferent.objects.exists()
    faire_lot(str(lot.traitement.pk), **lot.traitement.parametres)
    lot.traitement.refresh_from_db()
    assert (lot.traitement.etat, lot.traitement.resultat) == ("termine", {"faites": 3})
    assert AffectationReferent.objects.filter(referent=nadia).count() == 3


def test_un_referent_ecrit_a_son_portefeuille_et_ne_designe_pas(client: Client, service):
    nadia = referent(service)
    client.force_login(nadia)
    personne_suivie(referent=nadia, structure=service)
    contenu = client.get(reverse("parcours:personnes")).content.decode()
    assert "Préparer un courrier" in contenu
    assert "Désigner un référent" not in contenu
