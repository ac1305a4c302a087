/* <form data-brouillon="url" data-brouillon-cle="user-bilan">: saves by itself every 20 s when something changed,
   keeps what could not be sent on this machine and gives it back later. Without script, the buttons do it all.
   data-brouillon-magasin="session": what is kept disappears with the tab (personal data).
   data-brouillon-version: the field that says what the page was written on («version» by default).
   data-brouillon="": nothing is stored yet, and what is typed is only kept on this machine. */
const PERIODE = 20_000;
const formulaire = document.querySelector("form[data-brouillon]");
const VERSION = formulaire?.dataset.brouillonVersion ?? "version";
const ECARTES = ["csrfmiddlewaretoken", "geste", VERSION];
const magasin = () => (formulaire.dataset.brouillonMagasin === "session" ? sessionStorage : localStorage);

const contenu = () => {
  const donnees = [...new FormData(formulaire)].filter(([nom]) => !ECARTES.includes(nom));
  return new URLSearchParams(donnees.map(([nom, valeur]) => [nom, valeur.trim()])).toString();
};
const heure = () => {
  const maintenant = new Date();
  return `${maintenant.getHours()}\u00a0h\u00a0${String(maintenant.getMinutes()).padStart(2, "0")}`;
};

class Brouillon {
  constructor() {
    this.cle = `brouillon:${formulaire.dataset.brouillonCle}`;
    this.etat = document.querySelector("[data-brouillon-etat]");
    this.version = formulaire.elements.namedItem(VERSION) ?? { value: "" };
    this.envoye = contenu();
    this.envoi = false;
    this.arrete = false;
  }

  dire(texte) {
    if (this.etat && this.etat.textContent !== texte) this.etat.textContent = texte;
  }

  // -- on this machine: only what the server does not have yet, erased as soon as it has it
  garder(parti = false) {
    try {
      const garde = { version: this.version.value, contenu: contenu(), heure: heure(), parti };
      magasin().setItem(this.cle, JSON.stringify(garde));
    } catch { /* storage refused or full: the server copy is the one that counts */ }
  }

  oublier() {
    try { magasin().removeItem(this.cle); } catch { /* nothing was kept */ }
  }

  lire() {
    try { return JSON.parse(magasin().getItem(this.cle) ?? "null"); } catch { return null; }
  }

  remplir(texte) {
    const valeurs = new URLSearchParams(texte);
    for (const champ of formulaire.elements) {
      if (!champ.name || ECARTES.includes(champ.name)) continue;
      if (champ.type === "checkbox" || champ.type === "radio") champ.checked = valeurs.getAll(champ.name).includes(champ.value);
      else if (valeurs.has(champ.name)) champ.value = valeurs.get(champ.name);
      champ.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  rendre() {
    const garde = this.lire();
    const zone = document.querySelector("[data-brouillon-retour]");
    // Without a version, what was sent by a button may have arrived: it is offered, never given back unasked.
    const memeVersion = garde?.version === this.version.value && !(garde.parti && this.version.value === "");
    // Sent by a button, and the text moved on since: it arrived.
    const arrive = garde?.parti && !memeVersion && this.version.value !== "";
    if (!garde || !zone || arrive || garde.contenu === this.envoye) return this.oublier();
    if (document.querySelector("#conflit, #erreurs")) return undefined;   // the page already gives the text back
    const texte = document.createElement("p");
    texte.textContent = memeVersion
      ? `Votre saisie de ${garde.heure}, gardée sur ce poste, n’avait pas pu être enregistrée : la voici.`
      : `Une saisie de ${garde.heure}, gardée sur ce poste, n’a pas été enregistrée, et le texte a changé depuis.`;
    const bouton = document.createElement("button");
    bouton.type = "button";
    bouton.className = "btn btn-outline-primary btn-sm";
    bouton.textContent = memeVersion ? "L’oublier et reprendre le texte enregistré" : "Reprendre cette saisie";
    bouton.addEventListener("click", () => {
      this.remplir(memeVersion ? this.envoye : garde.contenu);
      if (memeVersion) this.oublier();
      zone.hidden = true;
    });
    zone.replaceChildren(texte, bouton);
    zone.hidden = false;
    if (memeVersion) this.remplir(garde.contenu);
    return undefined;
  }

  async enregistrer() {
    const texte = contenu();
    if (this.envoi || this.arrete || texte === this.envoye) return;
    if (!formulaire.dataset.brouillon) {
      this.garder();
      this.dire(`Saisie gardée sur ce poste à ${heure()} ; « ${formulaire.querySelector("[type=submit]").textContent.trim()} » l’enregistre`);
      return;
    }
    this.envoi = true;
    try {
      const reponse = await fetch(formulaire.dataset.brouillon, {
        method: "POST", body: new FormData(formulaire), redirect: "manual", headers: { Accept: "application/json" },
        keepalive: document.visibilityState === "hidden",   // the page is leaving: what is typed still goes
      });
      if (reponse.ok) {
        const { version, heure: enregistre } = await reponse.json();
        this.version.value = version;
        this.envoye = texte;
        if (contenu() === texte) this.oublier(); else this.garder();
        this.dire(`Enregistré à ${enregistre}, aucune perte si vous quittez la page`);
        return;
      }
      this.garder();
      if (reponse.type === "opaqueredirect") {
        this.dire("Votre session a expiré : votre saisie est gardée sur ce poste. Reconnectez-vous dans un autre onglet.");
      } else {
        const { message } = await reponse.json().catch(() => ({ message: "Le serveur n’a pas répondu." }));
        this.arrete = reponse.status === 409 || reponse.status === 403;   // going on would only repeat the refusal
        this.dire(`${message} Votre saisie est gardée sur ce poste.`);
      }
    } catch {
      this.garder();
      this.dire(`Réseau interrompu : saisie gardée sur ce poste à ${heure()}, elle partira au retour.`);
    } finally {
      this.envoi = false;
    }
  }
}

if (formulaire) {
  const brouillon = new Brouillon();
  brouillon.rendre();
  formulaire.addEventListener("input", () => {
    if (contenu() !== brouillon.envoye) brouillon.garder();
  });
  formulaire.addEventListener("submit", () => brouillon.garder(true));
  setInterval(() => brouillon.enregistrer(), Number(formulaire.dataset.brouillonPeriode ?? PERIODE));
  window.addEventListener("online", () => brouillon.enregistrer());
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && brouillon.enregistrer());
  document.addEventListener("keydown", (evenement) => {
    const touche = evenement.ctrlKey || evenement.metaKey ? evenement.key.toLowerCase() : "";
    const bouton = formulaire.querySelector("[data-raccourci]");   // elsewhere the main button hands the text over for good
    if (touche !== "s" && !(touche === "enter" && bouton)) return;
    evenement.preventDefault();
    if (touche === "s") brouillon.enregistrer(); else bouton.click();
  });
  document.addEventListener("click", (evenement) => {
    if (evenement.target.closest("[data-brouillon-oublier]")) brouillon.oublier();
  });
}
