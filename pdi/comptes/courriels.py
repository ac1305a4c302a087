"""Messages about accounts: a link that lets its reader choose a password, once, within the hour."""

from __future__ import annotations

from typing import Literal

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from .models import Utilisateur

Modele = Literal["activation", "reinitialisation"]


def envoyer_lien(*, utilisateur: Utilisateur, racine: str, modele: Modele) -> None:
    """Send the link. `racine` is the public address of the application, with its final slash."""
    chemin = reverse(
        "comptes:reinitialisation",
        kwargs={
            "uidb64": urlsafe_base64_encode(force_bytes(utilisateur.pk)),
            "token": default_token_generator.make_token(utilisateur),
        },
    )
    contexte = {
        "lien": racine.rstrip("/") + chemin,
        "oubli": racine.rstrip("/") + reverse("comptes:mot_de_passe_oublie"),
        "nom_application": settings.NOM_APPLICATION,
        "minutes": settings.PASSWORD_RESET_TIMEOUT // 60,
    }
    objet = " ".join(render_to_string(f"courriels/{modele}_objet.txt", contexte).split())
    send_mail(objet, render_to_string(f"courriels/{modele}.txt", contexte), None, [utilisateur.courriel])
