/* htmx exchanges: announce what changed, say plainly what failed, never lose what was typed. */
const PANNES = {
  session: ["Votre session a expiré", "Rien n’est perdu sur cette page. Reconnectez-vous dans un nouvel onglet, puis recommencez ici.", true],
  refus: ["Action refusée", "Votre habilitation ne permet pas cette action, ou la page est ouverte depuis trop longtemps. Rechargez-la.", false],
  absent: ["Élément introuvable", "Il a pu être supprimé entre-temps. Rechargez la page.", false],
  patience: ["Trop de demandes à la fois", "Attendez une minute, puis recommencez.", false],
  serveur: ["Le serveur n’a pas pu répondre", "Rien n’a été enregistré. Recommencez dans un instant ; si cela dure, prévenez l’administrateur.", false],
  reseau: ["Connexion interrompue", "La page n’arrive plus à joindre le serveur. Vérifiez votre réseau, puis recommencez.", false],
};

let derniere = "";
let enPanne = null; // the element whose request failed: only its own success clears the message

function annoncer(racine) {
  const source = racine?.matches?.("[data-annonce]") ? racine : racine?.querySelector?.("[data-annonce]");
  const texte = source?.textContent.trim() ?? "";
  if (!texte || texte === derniere) return;
  derniere = texte;
  const zone = document.getElementById("annonces");
  if (zone) zone.textContent = texte;
}

function montrerPanne(nature, element) {
  enPanne = element ?? null;
  const boite = document.getElementById("panne");
  if (!boite) return;
  const [titre, texte, reconnexion] = PANNES[nature];
  boite.querySelector("[data-panne-titre]").textContent = titre;
  boite.querySelector("[data-panne-texte]").textContent = texte;
  boite.querySelector("[data-panne-lien]").hidden = !reconnexion || !boite.dataset.connexion;
  boite.hidden = false;
}

function cacherPanne() {
  enPanne = null;
  const boite = document.getElementById("panne");
  if (boite) boite.hidden = true;
}

function versConnexion(xhr) {
  const connexion = document.getElementById("panne")?.dataset.connexion;
  return Boolean(connexion && xhr.responseURL && new URL(xhr.responseURL).pathname === connexion);
}

export function activerEchanges() {
  document.addEventListener("htmx:beforeSwap", (evenement) => {
    // An expired session redirects to the login page: it must not land inside a fragment.
    if (versConnexion(evenement.detail.xhr)) {
      evenement.detail.shouldSwap = false;
      montrerPanne("session", evenement.detail.requestConfig?.elt);
    } else if (evenement.detail.xhr.status < 400 && enPanne && enPanne === evenement.detail.requestConfig?.elt) {
      cacherPanne();
    }
  });
  document.addEventListener("htmx:responseError", (evenement) => {
    const statut = evenement.detail.xhr.status;
    const nature = { 401: "session", 403: "refus", 404: "absent", 410: "absent", 429: "patience" }[statut];
    montrerPanne(nature ?? "serveur", evenement.detail.requestConfig?.elt);
  });
  for (const nom of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(nom, (evenement) => montrerPanne("reseau", evenement.detail.requestConfig?.elt));
  }
  document.addEventListener("htmx:beforeRequest", (evenement) => evenement.detail.target?.setAttribute("aria-busy", "true"));
  document.addEventListener("htmx:afterRequest", (evenement) => evenement.detail.target?.removeAttribute("aria-busy"));
  document.addEventListener("htmx:afterSettle", (evenement) => annoncer(evenement.detail.elt));
  document.addEventListener("click", (evenement) => {
    if (evenement.target.closest("[data-panne-fermer]")) cacherPanne();
  });
}
