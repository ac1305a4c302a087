// The map of the offers, drawn from the list under it: one round a commune, its number, its links in a popup.
// Without script, or without the outline, the list alone remains. No tile, no request to another site.

const RAYON = { min: 12, max: 24 }; // 24 px across at least: a target for fingers
const MARGE = 64; // px: the zoom buttons stay free
const FRANCAIS = { zoomInTitle: "Agrandir la carte", zoomOutTitle: "Réduire la carte" };

function communesDeLaListe() {
  return [...document.querySelectorAll("[data-commune]")]
    .filter((section) => section.dataset.latitude)
    .map((section) => ({
      code: section.dataset.commune,
      total: Number(section.dataset.total),
      point: [Number(section.dataset.latitude), Number(section.dataset.longitude)],
      section,
    }));
}

function contenuDe({ section }) {
  const bulle = document.createElement("div");
  for (const enfant of section.children) {
    const copie = enfant.cloneNode(true);
    copie.removeAttribute("id");
    bulle.append(copie);
  }
  return bulle;
}

function placer(L, carte, commune) {
  const rayon = Math.round(Math.min(RAYON.max, RAYON.min + 2 * Math.sqrt(commune.total - 1)));
  const rond = document.createElement("span");
  rond.textContent = String(commune.total);
  const nom = commune.section.querySelector("h3").firstChild.textContent.trim();
  const repere = L.marker(commune.point, {
    icon: L.divIcon({ className: "carte-rond", html: rond, iconSize: [rayon * 2, rayon * 2] }),
    title: "",
    alt: "",
    zIndexOffset: commune.total,
  }).addTo(carte);
  commune.rayon = rayon;
  commune.repere = repere;
  const bouton = repere.getElement();
  bouton.setAttribute("aria-label", `${nom}, ${commune.total} ${commune.total > 1 ? "offres" : "offre"}`);
  bouton.setAttribute("aria-expanded", "false");
  repere.bindPopup(() => contenuDe(commune), {
    maxHeight: Math.min(240, Math.round(carte.getSize().y / 2)),
    maxWidth: Math.min(280, carte.getSize().x - MARGE - 60),
    minWidth: 120,
    autoPanPaddingTopLeft: [MARGE, 8],
    autoPanPaddingBottomRight: [8, 8],
  });
  repere.on("popupopen", ({ popup }) => {
    bouton.setAttribute("aria-expanded", "true");
    popup.getElement().querySelector(".leaflet-popup-close-button")?.setAttribute("aria-label", "Fermer");
    popup.getElement().querySelector(".leaflet-popup-content a")?.focus({ preventScroll: true });
  });
  repere.on("popupclose", ({ popup }) => {
    bouton.setAttribute("aria-expanded", "false");
    if (popup.getElement()?.contains(document.activeElement)) bouton.focus({ preventScroll: true });
  });
}

// Rounds that would cover each other are pushed apart, until each can be read and touched; a thread leads back to the
// commune. Done again at each zoom: closer, they find their own place.
function ecarter(L, carte, communes, fils) {
  const places = communes.map(({ point, rayon }) => ({ ancre: carte.latLngToLayerPoint(point), rayon }));
  for (const place of places) place.ici = place.ancre.clone();
  for (let tour = 0, bouge = true; bouge && tour < 80; tour += 1) {
    bouge = false;
    places.forEach((a, i) => {
      for (const b of places.slice(i + 1)) {
        const ecart = b.ici.subtract(a.ici);
        const distance = Math.hypot(ecart.x, ecart.y);
        const manque = a.rayon + b.rayon + 1 - distance;
        if (manque <= 0.1) continue;
        const pas = distance ? ecart.multiplyBy(manque / 2 / distance) : L.point(manque / 2, 0);
        a.ici = a.ici.subtract(pas);
        b.ici = b.ici.add(pas);
        bouge = true;
      }
    });
  }
  fils.clearLayers();
  communes.forEach(({ point, repere }, rang) => {
    const { ancre, ici } = places[rang];
    repere.setLatLng(carte.layerPointToLatLng(ici));
    if (ancre.distanceTo(ici) > 6) {
      L.polyline([point, repere.getLatLng()], { interactive: false, className: "carte-fil" }).addTo(fils);
    }
  });
}

function dessiner(L, carte, fond, communes, choisie) {
  const servies = new Set(communes.map(({ code }) => code));
  const [departement, ...autres] = fond.features;
  L.geoJSON(autres, {
    interactive: false,
    style: ({ properties: { code } }) => ({
      className: `carte-commune${servies.has(code) ? " servie" : ""}${code === choisie ? " choisie" : ""}`,
    }),
  }).addTo(carte);
  return L.geoJSON(departement, { interactive: false, style: { className: "carte-contour", fill: false } }).addTo(carte);
}

async function ouvrir(cadre) {
  const L = window.L;
  const communes = communesDeLaListe();
  const reponse = await fetch(cadre.dataset.fond);
  if (!L || !reponse.ok) return;
  cadre.hidden = false;
  const carte = L.map(cadre, {
    zoomControl: false,
    scrollWheelZoom: false,
    zoomSnap: 0.25,
    minZoom: 7,
    maxZoom: 13,
    zoomAnimation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
  });
  L.control.zoom(FRANCAIS).addTo(carte);
  carte.attributionControl.setPrefix(false).addAttribution("Contours : IGN, Admin Express");
  const contour = dessiner(L, carte, await reponse.json(), communes, cadre.dataset.choisie);
  const choisie = communes.find(({ code }) => code === cadre.dataset.choisie);
  const etendue = choisie ? L.latLngBounds(communes.map(({ point }) => point)) : contour.getBounds();
  const bord = choisie ? RAYON.max + 12 : 12; // the rounds of the edge stay whole
  carte.fitBounds(etendue, { padding: [bord, bord], maxZoom: 11 });
  carte.setMaxBounds(contour.getBounds().pad(0.8));
  // North to south: the order in which the keyboard walks.
  communes.sort((a, b) => b.point[0] - a.point[0] || a.point[1] - b.point[1]);
  for (const commune of communes) placer(L, carte, commune);
  const fils = L.layerGroup().addTo(carte);
  const poser = () => ecarter(L, carte, communes, fils);
  poser();
  carte.on("zoomend", poser);
  cadre.addEventListener("keydown", (touche) => {
    if (touche.key === "Escape") carte.closePopup();
  });
}

const cadre = document.getElementById("carte");
if (cadre) ouvrir(cadre);
