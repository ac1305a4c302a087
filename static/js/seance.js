/* <form data-seance-saisie="12">: decisions typed during a meeting. Nothing is lost when the network fails: what was
   sent waits on this machine and is sent again, once, under the same key. Without script, the form posts as usual. */
const formulaire = document.querySelector("form[data-seance-saisie]");

const lire = (cle, defaut) => {
  try { return JSON.parse(localStorage.getItem(cle) ?? "null") ?? defaut; } catch { return defaut; }
};
const garder = (cle, valeur) => {
  try { localStorage.setItem(cle, JSON.stringify(valeur)); } catch { /* storage refused or full: the form keeps its text */ }
};

class Saisie {
  constructor() {
    this.file = `seance:${formulaire.dataset.seanceSaisie}:file`;
    this.brouillon = `seance:${formulaire.dataset.seanceSaisie}:brouillon`;
    this.etat = formulaire.querySelector("[data-seance-etat]");
    this.envoi = false;
  }

  dire(texte) { this.etat.textContent = texte; }

  contenu() {
    return [...new FormData(formulaire)].filter(([nom]) => nom !== "csrfmiddlewaretoken");
  }

  noter() { garder(this.brouillon, this.contenu().filter(([nom]) => nom !== "cle")); }

  rendre() {
    for (const [nom, valeur] of lire(this.brouillon, [])) {
      const champ = formulaire.elements.namedItem(nom);
      if (!champ) continue;
      if (champ.type === "checkbox") champ.checked = true; else champ.value = valeur;
    }
  }

  vider() {
    localStorage.removeItem(this.brouillon);
    formulaire.reset();
    formulaire.elements.namedItem("cle").value = crypto.randomUUID();
  }

  async poster(champs) {
    const corps = new URLSearchParams(champs);
    corps.set("csrfmiddlewaretoken", formulaire.elements.namedItem("csrfmiddlewaretoken").value);
    return fetch(formulaire.action, { method: "POST", body: corps, redirect: "manual", headers: { Accept: "application/json" } });
  }

  async envoyer(champs) {
    this.envoi = true;
    try {
      const reponse = await this.poster(champs);
      if (reponse.ok) return "ecrite";
      if (reponse.status === 422) {
        const { message } = await reponse.json();
        this.dire(message);
        return "refusee";
      }
      this.dire("Votre session a expiré ou la séance a changé : la saisie est gardée sur ce poste. Rechargez la page.");
      return "attend";
    } catch {
      this.dire("Réseau interrompu : la décision est gardée sur ce poste, elle partira au retour.");
      return "attend";
    } finally {
      this.envoi = false;
    }
  }

  async soumettre() {
    if (this.envoi) return;
    const champs = this.contenu();
    const issue = await this.envoyer(champs);
    if (issue === "refusee") return;
    if (issue === "attend") garder(this.file, [...lire(this.file, []), champs]);
    this.vider();
    if (issue === "ecrite") this.recharger();
    else formulaire.elements.namedItem("texte").focus();
  }

  async repartir() {
    const attente = lire(this.file, []);
    if (this.envoi || !attente.length) return;
    const reste = [];
    for (const champs of attente) if (await this.envoyer(champs) !== "ecrite") reste.push(champs);
    garder(this.file, reste);
    if (!reste.length) this.recharger();
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
}
