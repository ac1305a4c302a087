/* <option data-organismes="caf msa"> of « structure »: the organism counted follows the structure chosen.
   Only those the structure may be are offered; a single one is chosen. The server deduces it too. */
for (const structure of document.querySelectorAll("select[name$=structure]:has([data-organismes])")) {
  const organisme = structure.form?.elements.namedItem(structure.name.replace(/structure$/, "organisme"));
  if (!organisme) continue;
  const suivre = () => {
    const possibles = structure.selectedOptions[0]?.dataset.organismes?.split(" ");
    for (const choix of organisme.options) {
      choix.disabled = choix.hidden = Boolean(choix.value && possibles && !possibles.includes(choix.value));
    }
    for (const groupe of organisme.querySelectorAll("optgroup")) {
      groupe.hidden = groupe.querySelector("option:not([hidden])") === null;
    }
    if (organisme.selectedOptions[0]?.hidden) organisme.value = "";
    if (possibles && !organisme.value) {
      const attendu = structure.dataset.propose;
      organisme.value = possibles.length === 1 ? possibles[0] : possibles.includes(attendu) ? attendu : "";
    }
  };
  structure.addEventListener("change", suivre);
  suivre();
}
