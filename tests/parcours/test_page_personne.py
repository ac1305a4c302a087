"""A person's page: what the banner and the flags say, what is to be done and by whom, one timeline and its filters."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from parcours import chronologie as c
from parcours.a_faire import AFaire
from parcours.chronologie import FAMILLES, Fait
from parcours.etat import Parcours
from parcours.frise import FiltreFrise, frise, mois_de
from parcours.identite import identite
from parcours.models import Inscription
from parcours.page.base import GROUPES
from parcours.regles.delais import Regime
from pdi.comptes.models import Role
from tests.fabriques import StructureFactory, UtilisateurFactory
from tests.fabriques_parcours import (
    AideFactory,
    ContratFactory,
    DiagnosticFactory,
    EntretienFactory,
    MotifFactory,
    OrientationFactory,
    PrescriptionFactory,
    RegimeFactory,
    SituationFoyerFactory,
    SortieFactory,
    SuiviFactory,
    depuis,
    il_y_a,
    personne_suivie,
)

pytestmark = pytest.mark.django_db
REQUETES_AU_PLUS = 20  # eight for the page itself, the rest for its sections (two each at most)
REQUETES_AU_DEBUT = 14  # a path that begins: no section asks about what never happened


def page(personne: Any) -> str:
    return reverse("parcours:personne", args=[personne.pk])


@pytest.fixture
def referent(client: Client):
    utilisateur = UtilisateurFactory.create(role=Role.REFERENT, structure=StructureFactory.create())
    client.force_login(utilisateur)
    return utilisateur


def etat_de(personne: Any, *, sante: bool = False) -> Parcours:
    jour = timezone.localdate()
    return Parcours(c.faits(personne.pk), [], jour, identite(personne.pk, jour), voit_sante=sante)


def titres(personne: Any) -> list[str]:
    return [e.titre for e in AFaire(etat_de(personne), personne.pk, ecrit=True).etapes()]


def histoire(personne: Any, referent: Any, rangs: range) -> None:
    """Give the person one object of every kind, once for each of `rangs`."""
    for rang in rangs:
        jour = il_y_a(20 * rang + 1)
        EntretienFactory.create(
            personne=personne, agent=referent, etat=["tenu", "manque"][rang % 2],
            debut=timezone.make_aware(datetime.datetime.combine(jour, datetime.time(9))),
        )  # fmt: skip
        ContratFactory.create(personne=personne, etat="clos", debut=il_y_a(400 + rang))
        PrescriptionFactory.create(personne=personne, offre=None, action_libre=f"Atelier {rang}")
        AideFactory.create(personne=personne)
        DiagnosticFactory.create(personne=personne, date=jour, termine_le=timezone.now())
        SuiviFactory.create(sortie=SortieFactory.create(personne=personne, date=jour))


def test_la_page_coute_autant_pour_une_longue_histoire(client: Client, referent):
    personne = personne_suivie(referent=referent)
    RegimeFactory.create()
    couts = []
    for rangs in (range(1), range(1, 12)):
        histoire(personne, referent, rangs)
        client.get(page(personne))
        with CaptureQueriesContext(connection) as requetes:
            assert client.get(page(personne)).status_code == 200
        couts.append(len(requetes))
    assert couts[0] == couts[1] <= REQUETES_AU_PLUS, couts


def test_un_parcours_qui_commence_se_lit_en_peu_de_requetes(client: Client, referent):
    personne = personne_suivie(referent=referent)
    client.get(page(personne))
    with CaptureQueriesContext(connection) as requetes:
        client.get(page(personne))
    assert len(requetes) <= REQUETES_AU_DEBUT, len(requetes)


def test_ajouter_se_range_par_moment_sans_repeter_le_bouton(client: Client, referent):
    personne = personne_suivie(referent=referent)
    contenu = client.get(page(personne)).content.decode()
    titres_lus = [contenu.index(f"<strong>{titre}</strong>") for titre in GROUPES]
    assert titres_lus == sorted(titres_lus)
    saisie = reverse("parcours:saisie_ouvrir", args=[personne.pk])
    assert contenu.count(f'action="{saisie}"') == 1
    EntretienFactory.create(personne=personne, etat="prevu", agent=referent)
    contenu = client.get(page(personne)).content.decode()
    assert "Saisir l’entretien" in contenu
    assert "Commencer un autre entretien" in contenu


def test_le_canal_prefere_sans_coordonnee_dit_ce_qui_manque(client: Client, referent):
    personne = personne_suivie(referent=referent, canal="courriel", courriel="", telephone="0600000000")
    ou = f'href="{reverse("parcours:personne_contacts", args=[personne.pk])}">L’indiquer'
    contenu = client.get(page(personne)).content.decode()
    assert "courriel à demander" in contenu
    assert ou in contenu
    personne.courriel = "a@fictif.example"
    personne.save(update_fields=["courriel"])
    assert ou not in client.get(page(personne)).content.decode()


def test_la_frise_et_le_contrat_disent_le_meme_etat(client: Client, referent):
    personne = personne_suivie(referent=referent)
    ContratFactory.create(personne=personne, etat="valide", debut=il_y_a(200), fin=il_y_a(20))
    contenu = client.get(page(personne)).content.decode()
    assert contenu.count("Échu<") == 2
    assert "Validé<" not in contenu


def test_les_annees_passees_sont_repliees_sauf_quand_on_filtre(client: Client, referent):
    personne = personne_suivie(referent=referent, entree=il_y_a(900))
    ContratFactory.create(personne=personne, etat="clos", debut=il_y_a(800), fin=il_y_a(700))
    ContratFactory.create(personne=personne, etat="clos", debut=il_y_a(1300), fin=il_y_a(1200))
    assert '<details class="frise-annee">' in client.get(page(personne)).content.decode()
    assert '<details class="frise-annee">' not in client.get(f"{page(personne)}?montrer=contrat").content.decode()


def test_relancer_l_operateur_suit_le_delai_fixe_par_le_departement():
    def relancer(parametres: dict[str, Any]) -> bool:
        regimes = [Regime("essai", "Essai", None, None, parametres)]
        jour = timezone.localdate()
        parcours = Parcours(c.faits(personne.pk), regimes, jour, identite(personne.pk, jour))
        return "Relancer l’opérateur" in [e.titre for e in AFaire(parcours, personne.pk, ecrit=True).etapes()]

    personne = personne_suivie()
    PrescriptionFactory.create(
        personne=personne, offre=None, action_libre="Atelier", etat="transmise", transmise_le=il_y_a(20)
    )
    assert relancer({})
    assert relancer({"delai_reponse_prescription": 10})
    assert not relancer({"delai_reponse_prescription": 30})


def test_une_reorientation_ne_compte_pas_son_delai_depuis_l_entree():
    personne = personne_suivie(entree=il_y_a(900))
    personne.orientations.update(decidee_le=il_y_a(890), periode=DateRange(il_y_a(890), il_y_a(100)))
    assert "en 10\u00a0jours" in etat_de(personne).etapes[1].detail
    OrientationFactory.create(personne=personne, decidee_le=il_y_a(100), periode=depuis(il_y_a(100)))
    assert "jours" not in etat_de(personne).etapes[1].detail


def test_l_identite_dit_le_foyer_le_dossier_et_le_dernier_flux(client: Client, referent):
    personne = personne_suivie(referent=referent, nom_naissance="Exemple", prenoms="Jeanne", telephone="0600000000")
    place = personne.places.get()
    SituationFoyerFactory.create(foyer=place.foyer, situation="ISO", enfants=1)
    contenu = client.get(page(personne)).content.decode()
    for mots in (
        "Mme Jeanne EXEMPLE", "seule ou seul, 1 enfant à charge".capitalize(), "0600000000",
        f"Dossier {place.foyer.dossiers.get().numero}", "Droit RSA ouvert, flux CAF de",
    ):  # fmt: skip
        assert mots in contenu, mots


def test_les_drapeaux_datent_l_emploi_le_contrat_et_les_heures_reduites():
    personne = personne_suivie()
    fin = timezone.localdate() + datetime.timedelta(days=30)
    motif = MotifFactory.create(nature="dispense", libelle="Parent isolé sans garde")
    ContratFactory.create(
        personne=personne, etat="valide", debut=il_y_a(60), fin=fin, heures_hebdo=10, dispense_motif=motif,
        dispense_fin=fin,
    )  # fmt: skip
    SortieFactory.create(personne=personne, date=il_y_a(5))
    mots = " ".join(d.texte for d in etat_de(personne).drapeaux)
    assert "Contrat à échéance dans 30" in mots
    assert f"En emploi depuis le {il_y_a(5):%d/%m/%Y}" in mots
    assert "Heures réduites à 10" in mots
    assert "Parent isolé" not in mots
    assert "parent isolé" in " ".join(d.texte for d in etat_de(personne, sante=True).drapeaux)


def test_un_emploi_perdu_au_suivi_ne_se_montre_plus():
    personne = personne_suivie()
    sortie = SortieFactory.create(personne=personne, date=il_y_a(40))
    SuiviFactory.create(sortie=sortie, situation="sans_emploi", recueilli_le=il_y_a(9))
    assert "emploi" not in " ".join(d.texte for d in etat_de(personne).drapeaux).lower()


def test_un_desaccord_entre_la_caf_et_le_recalcul_est_une_anomalie():
    personne = personne_suivie()
    personne.droits_devoirs.update(recalcule=False)
    assert any(d.texte.startswith("Anomalie") for d in etat_de(personne).drapeaux)


def test_a_faire_suit_les_objets_du_parcours():
    personne = personne_suivie()
    EntretienFactory.create(personne=personne, etat="prevu")
    PrescriptionFactory.create(
        personne=personne, offre=None, action_libre="Atelier", etat="transmise", transmise_le=il_y_a(40)
    )
    AideFactory.create(personne=personne, objet="Titre de transport")
    ContratFactory.create(personne=personne, etat="soumis")
    SuiviFactory.create(sortie=SortieFactory.create(personne=personne, nature="rsa", date=il_y_a(45)))
    trouves = titres(personne)
    for titre in (
        "Dire l’issue du rendez-vous", "Relancer l’opérateur", "Valider le contrat", "Fixer le premier rendez-vous",
        "Prendre des nouvelles à 1\u00a0mois de la sortie", "Décider de l’aide «\u00a0Titre de transport\u00a0»",
    ):  # fmt: skip
        assert titre in trouves, trouves


def test_a_faire_donne_l_echeance_la_reference_et_le_geste(client: Client, referent):
    RegimeFactory.create(parametres={"delai_premier_rdv": 15, "references": {"delai_premier_rdv": "Règlement, art. 3"}})
    personne = personne_suivie(referent=referent, entree=il_y_a(25))
    contenu = client.get(page(personne)).content.decode()
    assert "Fixer le premier rendez-vous" in contenu
    assert "Règlement, art. 3" in contenu
    assert f"{il_y_a(5) + datetime.timedelta(days=15):%d/%m/%Y}" in contenu
    assert f'href="{reverse("parcours:entretien_planifier", args=[personne.pk])}"' in contenu


def test_a_faire_ne_mene_pas_a_un_ecran_qu_un_autre_role_ouvre(client: Client, referent):
    personne = personne_suivie(referent=referent, entree=il_y_a(25))
    personne.orientations.all().delete()
    contenu = client.get(page(personne)).content.decode()
    assert "Agent d’orientation" in contenu
    assert reverse("parcours:orienter", args=[personne.pk]) not in contenu


def test_le_cote_suit_l_ordre_du_travail(client: Client, referent):
    personne = personne_suivie(referent=referent)
    ContratFactory.create(personne=personne, etat="valide", debut=il_y_a(10), fin=il_y_a(-80))
    contenu = client.get(page(personne)).content.decode()
    places = [contenu.index(f'id="t-{nom}"') for nom in ("contrat", "rdv", "aides", "prescriptions", "foyer")]
    assert places == sorted(places)


def test_un_contrat_echu_se_renouvelle_sans_rouvrir_le_premier_delai():
    personne = personne_suivie()
    ContratFactory.create(personne=personne, etat="valide", debut=il_y_a(200), fin=il_y_a(20))
    assert "Renouveler le contrat échu" in titres(personne)
    assert "Conclure le contrat" not in titres(personne)


def test_rien_n_est_du_a_qui_est_sorti_que_ce_qui_est_reste_ouvert():
    personne = personne_suivie()
    jour = il_y_a(10)
    personne.orientations.update(periode=DateRange(il_y_a(300), jour))
    personne.affectations.update(periode=DateRange(il_y_a(300), jour))
    SortieFactory.create(personne=personne, date=jour)
    assert titres(personne) == []
    PrescriptionFactory.create(
        personne=personne, offre=None, action_libre="Atelier", etat="transmise", transmise_le=il_y_a(40)
    )
    assert titres(personne) == ["Prévenir l’opérateur ou annuler la prescription"]


def test_sans_contact_depuis_trois_mois_il_faut_le_reprendre():
    personne = personne_suivie()
    EntretienFactory.create(
        personne=personne, debut=timezone.make_aware(datetime.datetime.combine(il_y_a(120), datetime.time(9)))
    )
    assert "Reprendre contact" in titres(personne)
    EntretienFactory.create(personne=personne, etat="prevu", debut=timezone.now() + datetime.timedelta(days=3))
    assert "Reprendre contact" not in titres(personne)


def test_un_lecteur_avec_motif_ne_recoit_ni_geste_ni_lien(client: Client, referent):
    structure = referent.habilitations_actives[0].structure
    personne = personne_suivie(structure=structure)
    entretien = EntretienFactory.create(personne=personne, etat="prevu")
    client.post(reverse("parcours:personne_acces", args=[personne.pk]), {"motif": "Remplacement d’une collègue"})
    contenu = client.get(page(personne)).content.decode()
    assert "Dire l’issue du rendez-vous" in contenu
    assert entretien.get_absolute_url() not in contenu
    assert "Commencer un entretien" not in contenu


def test_la_frise_montre_plusieurs_familles_ou_tout_sauf(client: Client, referent):
    personne = personne_suivie(referent=referent)
    histoire(personne, referent, range(1))

    def faits(requete: str) -> str:
        contenu = client.get(f"{page(personne)}?{requete}").content.decode()
        return contenu.split('id="t-frise"')[1].split("</section>")[0].split('class="frise-mois"', 1)[1]

    deux = faits("montrer=contrat&montrer=aide")
    assert "Titre de transport" in deux
    assert "Contrat d’engagement" in deux
    assert "Atelier 0" not in deux
    sauf = faits("sauf=aide&sauf=contrat")
    assert "Titre de transport" not in sauf
    assert "Atelier 0" in sauf


def test_tout_ce_qui_est_arrive_a_ses_mots():
    personne = personne_suivie()
    histoire(personne, UtilisateurFactory.create(), range(2))
    lues = frise(c.faits(personne.pk), FiltreFrise(QueryDict("")), lambda _f: "", timezone.localdate())
    genres = {f.famille for f in c.faits(personne.pk)}
    assert genres == set(FAMILLES) - {c.COURRIER, c.EP}
    assert all(ligne.titre for mois in lues.mois for ligne in mois.lignes)
    assert not Inscription.objects.exists()


JOURS = st.dates(datetime.date(2015, 1, 1), datetime.date(2026, 3, 1))


@given(st.lists(JOURS, max_size=40), st.sets(st.sampled_from(sorted(FAMILLES))))
def test_montrer_et_sauf_se_completent(jours: list[datetime.date], choisies: set[str]):
    faits = [
        Fait(jour, c.AIDE if rang % 2 else c.CONTRAT, rang, None, None, "ce" if rang % 2 == 0 else "x", "valide", "")
        for rang, jour in enumerate(jours)
    ]
    if not choisies:
        return
    requete = QueryDict(mutable=True)
    requete.setlist("montrer", sorted(choisies))
    avec = FiltreFrise(requete)
    requete.setlist("sauf", requete.pop("montrer"))
    sans = FiltreFrise(requete)
    assert all(avec.garde(f) != sans.garde(f) for f in faits)


@given(st.lists(JOURS, max_size=40))
def test_les_mois_gardent_chaque_evenement_dans_l_ordre(jours: list[datetime.date]):
    from parcours.frise import Ligne

    lignes = [Ligne(j, "x", "", "briefcase") for j in sorted(jours, reverse=True)]
    groupes = mois_de(lignes, datetime.date(2026, 3, 1))
    assert [x for m in groupes for x in m.lignes] == lignes
    assert len({m.titre for m in groupes}) == len(groupes)


def test_un_contrat_de_foyer_en_cours_garde_son_numero():
    personne = personne_suivie()
    for debut, etat in ((il_y_a(400), "clos"), (il_y_a(100), "annule"), (il_y_a(30), "valide")):
        ContratFactory.create(personne=personne, etat=etat, debut=debut)
    assert etat_de(personne).rang_contrat == 2


def test_l_etape_de_droit_suit_la_derniere_entree():
    personne = personne_suivie(entree=il_y_a(90))
    personne.droits_devoirs.update(periode=depuis(il_y_a(90)))
    etapes = etat_de(personne).etapes
    assert [e.titre for e in etapes] == ["Entrée", "Orientation", "Référent", "Contrat", "En action", "Sortie"]
    assert etapes[0].detail.startswith(f"{il_y_a(90):%d/%m/%Y}")
    assert [e.etat for e in etapes] == ["fait", "fait", "courant", "", "", ""]


def test_une_aide_sans_plafond_se_lit_sur_la_page(client: Client, referent):
    personne = personne_suivie(referent=referent)
    AideFactory.create(personne=personne, objet="Heures de conduite", reglement__regles=[])
    contenu = client.get(page(personne)).content.decode()
    assert "Heures de conduite</a>, " in contenu
    assert "Aucune aide demandée" not in contenu


def test_dans_la_journee_l_histoire_suit_l_ordre_du_parcours(client: Client, referent):
    jour = timezone.localdate()
    personne = personne_suivie(referent=referent)
    DiagnosticFactory.create(personne=personne, date=jour, termine_le=timezone.now())
    ContratFactory.create(personne=personne, debut=jour)
    SortieFactory.create(personne=personne, date=jour)
    genres = [f.genre for f in c.faits(personne.pk) if f.le == jour]
    assert genres == [c.SORTIE, c.CONTRAT, c.DIAGNOSTIC]


def test_le_dernier_evenement_se_voit_meme_ancien(client: Client, referent):
    jour = timezone.localdate()
    ancien = Fait(jour - datetime.timedelta(days=900), c.DIAGNOSTIC, 1, None, None, "", "", "")
    groupes = frise([ancien], FiltreFrise(QueryDict()), lambda _: "", jour).mois
    assert [m.ancien for m in groupes] == [False]
