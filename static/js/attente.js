/* What waits on this machine during a meeting: typed, not sent yet or refused. See seance.js. */
export const liste = document.querySelector("[data-seance-attente]");

export const lire = (cle, defaut) => {
  try { return JSON.parse(localStorage.getItem(cle) ?? "null") ?? defaut; } catch { return defaut; }
};
export const garder = (cle, valeur) => {
  try { localStorage.setItem(cle, JSON.stringify(valeur)); return true; } catch { return false; }   // refused or full
};
export const nouvelleCle = () => crypto.randomUUID?.() ?? "10000000-1000-4000-8000-100000000000".replace(
  /[018]/g, (c) => (Number(c) ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (Number(c) / 4)))).toString(16),
);
export const valeur = (champs, nom) => champs.find(([n]) => n === nom)?.[1] ?? "";

/* What waits on this machine: [{ champs, message }], message when the server refused it. */
export class Attente {
  constructor(seance) { this.cle = `seance:${seance}:attente`; }

  get lignes() { return lire(this.cle, []); }

  ajouter(champs, message = "") {
    const autres = this.lignes.filter((l) => valeur(l.champs, "cle") !== valeur(champs, "cle"));
    return garder(this.cle, [...autres, { champs, message }]);
  }

  retirer(champs) {
    garder(this.cle, this.lignes.filter((l) => valeur(l.champs, "cle") !== valeur(champs, "cle")));
    this.montrer();
  }

  montrer(reprendre) {
    if (!liste) return;
    this.reprendre = reprendre ?? this.reprendre;
    const lignes = this.lignes;
    liste.hidden = !lignes.length;
    liste.querySelector("ul").replaceChildren(...lignes.map((ligne) => this.dire(ligne)));
  }

  dire({ champs, message }) {
    const li = document.createElement("li");
    const texte = document.createElement("p");
    texte.textContent = valeur(champs, "texte");
    const pourquoi = document.createElement("p");
    pourquoi.className = "discret";
    pourquoi.textContent = message || "Pas encore partie : elle le sera au retour du réseau.";
    li.append(texte, pourquoi);
    const bouton = (mots, geste) => {
      const b = document.createElement("button");
      b.type = "button";
      b.className = "btn btn-link btn-sm";
      b.textContent = mots;
      b.addEventListener("click", geste);
      li.append(b);
    };
    if (this.reprendre) bouton("Reprendre", () => this.reprendre(champs));
    bouton("Oublier", () => this.retirer(champs));
    return li;
  }
}
