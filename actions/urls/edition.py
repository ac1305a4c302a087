"""URLs of the screens that write."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from actions.views.edition import fiches, gabarits, indicateurs, mesures, programmes, sections_listes, suivi, versions

urlpatterns: list[URLPattern | URLResolver] = [
    path("programmes/creer/", programmes.ProgrammeCreer.as_view(), name="programme_creer"),
    path("programmes/<slug:code>/modifier/", programmes.ProgrammeModifier.as_view(), name="programme_modifier"),
    path("programmes/<slug:code>/supprimer/", programmes.ProgrammeSupprimer.as_view(), name="programme_supprimer"),
    path("programmes/<slug:code>/signataires/", programmes.SignatairesModifier.as_view(), name="signataires_modifier"),
    path("programmes/<slug:code>/arbre/", programmes.axes, name="axes"),
    path("programmes/<slug:code>/arbre/ajouter/", programmes.AxeCreer.as_view(), name="axe_creer"),
    path("programmes/<slug:code>/calculer/", mesures.indicateurs_calculer, name="indicateurs_calculer"),
    path("programmes/<slug:code>/fiches/creer/", fiches.FicheCreer.as_view(), name="fiche_creer"),
    path("axes/<int:pk>/modifier/", programmes.AxeModifier.as_view(), name="axe_modifier"),
    path("axes/<int:pk>/deplacer/", programmes.axe_deplacer, name="axe_deplacer"),
    path("axes/<int:pk>/supprimer/", programmes.AxeSupprimer.as_view(), name="axe_supprimer"),
    path("fiches/<int:pk>/modifier/", fiches.fiche_modifier, name="fiche_modifier"),
    path("fiches/<int:pk>/modifier/<slug:section>/", sections_listes.fiche_section, name="fiche_section"),
    path("fiches/<int:pk>/supprimer/", fiches.FicheSupprimer.as_view(), name="fiche_supprimer"),
    path("fiches/<int:pk>/suivre/", suivi.FicheSuivre.as_view(), name="fiche_suivre"),
    path("fiches/<int:pk>/cibles/", indicateurs.CiblesModifier.as_view(), name="cibles_modifier"),
    path("fiches/<int:pk>/valeurs/", mesures.MesuresSaisir.as_view(), name="mesures_saisir_annee_courante"),
    path("fiches/<int:pk>/valeurs/<int:annee>/", mesures.MesuresSaisir.as_view(), name="mesures_saisir"),
    path("fiches/<int:pk>/notes/ajouter/", suivi.NoteAjouter.as_view(), name="note_ajouter"),
    path("fiches/<int:pk>/pieces/ajouter/", suivi.PieceAjouter.as_view(), name="piece_ajouter"),
    path("fiches/<int:pk>/indicateurs/creer/", indicateurs.IndicateurCreer.as_view(), name="indicateur_creer"),
    path("fiches/<int:pk>/versions/garder/", versions.VersionGarder.as_view(), name="version_garder"),
    path("notes/<int:pk>/retirer/", suivi.NoteRetirer.as_view(), name="note_retirer"),
    path("pieces/<int:pk>/retirer/", suivi.PieceRetirer.as_view(), name="piece_retirer"),
    path("indicateurs/<int:pk>/modifier/", indicateurs.IndicateurModifier.as_view(), name="indicateur_modifier"),
    path("indicateurs/<int:pk>/deplacer/", indicateurs.indicateur_deplacer, name="indicateur_deplacer"),
    path("indicateurs/<int:pk>/supprimer/", indicateurs.IndicateurSupprimer.as_view(), name="indicateur_supprimer"),
    path("indicateurs/<int:pk>/valeurs/", mesures.MesureSaisir.as_view(), name="mesure_saisir"),
    path("mesures/<int:pk>/retablir/", mesures.mesure_retablir, name="mesure_retablir"),
    path("anomalies/<int:pk>/repondre/", suivi.AnomalieRepondre.as_view(), name="anomalie_repondre"),
    path("anomalies/<int:pk>/reprendre/", suivi.anomalie_reprendre, name="anomalie_reprendre"),
    path("gabarits/", gabarits.gabarits, name="gabarits"),
    path("gabarits/creer/", gabarits.GabaritCreer.as_view(), name="gabarit_creer"),
    path("gabarits/<int:pk>/modifier/", gabarits.GabaritModifier.as_view(), name="gabarit_modifier"),
    path("gabarits/<int:pk>/supprimer/", gabarits.GabaritSupprimer.as_view(), name="gabarit_supprimer"),
    path("cadres/creer/", gabarits.CadreCreer.as_view(), name="cadre_creer"),
    path("cadres/<int:pk>/modifier/", gabarits.CadreModifier.as_view(), name="cadre_modifier"),
    path("cadres/<int:pk>/supprimer/", gabarits.CadreSupprimer.as_view(), name="cadre_supprimer"),
]
