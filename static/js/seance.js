/* <form data-seance-saisie="12">: decisions typed during a meeting. Nothing is lost when the network fails: what was
   sent waits on this machine and is sent again, once, under the same key; what is refused waits to be corrected.
   <div data-seance-attente="12"> shows what waits, also once the meeting is closed. Without script, the form posts. */
import { Attente, garder, lire, liste, nouvelleCle, valeur } from "./attente.js";

const formulaire = document.querySelector("form[data-seance-saisie]");
const DELAI = 15_000;

class Saisie {
  constructor() {
    this.attente = new Attente(formulaire.dataset.seanceSaisie);
    this.brouillon = `seance:${formulaire.dataset.seanceSaisie}:brouillon`;
    this.etat = formulaire.querySelector("[data-seance-etat]");
    this.envoi = false;
    this.attente.montrer((champs) => { this.remplir(champs); this.attente.retirer(champs); this.noter(); });
  }

  dire(texte, faute = false) {
    this.etat.textContent = texte;
    this.etat.classList.toggle("faute", faute);
  }

  viser() { formulaire.querySelector("textarea, select, input:not([type=hidden])").focus(); }

  contenu() {
    return [...new FormData(formulaire)].filter(([nom]) => nom !== "csrfmiddlewaretoken");
  }

  noter() { garder(this.brouillon, this.contenu().filter(([nom]) => nom !== "cle")); }

  remplir(champs) {
    for (const [nom, contenu] of champs) {
      const champ = formulaire.elements.namedItem(nom);
      if (!champ) continue;
      if (champ.type === "checkbox") champ.checked = true; else champ.value = contenu;
    }
    this.viser();
  }

  /* Only what was being written: an empty draft would put back the point that was discussed before. A form without
     a main text is about one thing (data-seance-seule): its draft is put back whatever it holds. */
  rendre() {
    const champs = lire(this.brouillon, []);
    const seule = "seanceSeule" in formulaire.dataset && champs.length;
    if (seule || valeur(champs, "texte").trim()) this.remplir(champs);
  }

  vider() {
    try { localStorage.removeItem(this.brouillon); } catch { /* nothing was kept */ }
    formulaire.reset();
    formulaire.elements.namedItem("cle").value = nouvelleCle();
  }

  async poster(champs) {
    const corps = new URLSearchParams(champs);
    corps.set("csrfmiddlewaretoken", formulaire.elements.namedItem("csrfmiddlewaretoken").value);
    return fetch(formulaire.action, {
      method: "POST", body: corps, redirect: "manual", headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(DELAI),
    });
  }

  /* Return [what became of it, what to say]: « ecrite », « refusee » (to correct) or « attend » (to send again). */
  async envoyer(champs) {
    this.envoi = true;
    try {
      const reponse = await this.poster(champs);
      if (reponse.ok) return ["ecrite", ""];
      if (reponse.status === 422) return ["refusee", (await reponse.json()).message];
      return ["attend", "Votre session a expiré ou la séance a changé : la saisie est gardée sur ce poste. Rechargez la page."];
    } catch {
      return ["attend", "Réseau interrompu : la saisie est gardée sur ce poste, elle partira au retour."];
    } finally {
      this.envoi = false;
    }
  }

  async soumettre() {
    if (this.envoi) { this.dire("Un envoi est en cours : recommencez dans un instant."); return; }
    const champs = this.contenu();
    const [issue, message] = await this.envoyer(champs);
    this.dire(message, issue === "refusee");
    if (issue === "refusee") return;
    if (issue === "attend" && !this.attente.ajouter(champs)) {
      this.dire("Réseau interrompu, et ce poste ne garde rien : laissez cette page ouverte et recommencez au retour.");
      return;
    }
    this.vider();
    if (issue === "ecrite") this.recharger();
    else {
      this.attente.montrer();
      this.viser();
    }
  }

  async repartir() {
    if (this.envoi) return;
    let ecrites = 0;
    this.dire("");
    for (const { champs, message } of this.attente.lignes) {
      if (message) continue;
      const [issue, dit] = await this.envoyer(champs);
      if (issue === "ecrite") { ecrites += 1; this.attente.retirer(champs); }
      if (issue === "refusee") { this.attente.ajouter(champs, dit); this.attente.montrer(); }
      if (issue === "attend") { this.dire(dit); break; }
    }
    if (ecrites) this.recharger();
  }

  recharger() {
    this.noter();
    location.hash = "noter";
    location.reload();
  }
}

if (formulaire) {
  const saisie = new Saisie();
  saisie.rendre();
  saisie.repartir();
  formulaire.addEventListener("input", () => saisie.noter());
  formulaire.addEventListener("submit", (evenement) => { evenement.preventDefault(); saisie.soumettre(); });
  formulaire.addEventListener("keydown", (evenement) => {
    if (evenement.key === "Enter" && (evenement.ctrlKey || evenement.metaKey)) formulaire.requestSubmit();
  });
  window.addEventListener("online", () => saisie.repartir());
} else if (liste) {
  new Attente(liste.dataset.seanceAttente).montrer();
}
