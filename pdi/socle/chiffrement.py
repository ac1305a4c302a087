"""Encryption of the few values that must not be read in a copy of the database, and their keyed hash for matching.

The keys come from the settings: CLES_CHIFFREMENT (Fernet keys: the first encrypts, all decrypt, so that keys can be
renewed) and CLE_EMPREINTE (never renewed without computing every hash again). A hash cannot be turned back into its
value without the key, nor compared with a hash made elsewhere.
"""

from __future__ import annotations

import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Indechiffrable(Exception):
    """A value was encrypted with a key that is no longer known, or was altered. Its content is not in the message."""


def _cles() -> MultiFernet:
    return MultiFernet([Fernet(cle) for cle in settings.CLES_CHIFFREMENT])


def chiffrer(texte: str) -> bytes:
    """Return `texte` encrypted and dated; two calls give different bytes."""
    return _cles().encrypt(texte.encode())


def chiffrer_octets(contenu: bytes) -> bytes:
    """Return the content of a file encrypted, for the files that must not lie in clear in the store."""
    return _cles().encrypt(contenu)


def dechiffrer_octets(jeton: bytes) -> bytes:
    """Return the content of an encrypted file. Raises Indechiffrable."""
    try:
        return _cles().decrypt(jeton)
    except InvalidToken:
        raise Indechiffrable("Fichier chiffré avec une clé inconnue, ou altéré.") from None


def dechiffrer(jeton: bytes | memoryview) -> str:
    """Return the text of an encrypted value. Raises Indechiffrable."""
    try:
        return _cles().decrypt(bytes(jeton)).decode()
    except InvalidToken:
        raise Indechiffrable("Valeur chiffrée avec une clé inconnue, ou altérée.") from None


def rechiffrer(jeton: bytes | memoryview) -> bytes:
    """Return the same value encrypted with the first key. Raises Indechiffrable."""
    try:
        return _cles().rotate(bytes(jeton))
    except InvalidToken:
        raise Indechiffrable("Valeur chiffrée avec une clé inconnue, ou altérée.") from None


def empreinte(texte: str, *, usage: str) -> str:
    """Return the keyed hash of `texte` as 64 hexadecimal characters; `usage` keeps apart hashes of different things."""
    message = f"{usage}:{texte}".encode()
    return hmac.new(settings.CLE_EMPREINTE.encode(), message, hashlib.sha256).hexdigest()
