/* <a data-dialogue="id">: asks in a <dialog> instead of going to the confirmation page. */
export function activerDialogues() {
  document.addEventListener("click", (evenement) => {
    const lien = evenement.target.closest("[data-dialogue]");
    if (lien && !evenement.metaKey && !evenement.ctrlKey && !evenement.shiftKey && evenement.button === 0) {
      const dialogue = document.getElementById(lien.dataset.dialogue);
      if (dialogue?.showModal) {
        evenement.preventDefault();
        dialogue.showModal();
      }
      return;
    }
    const bouton = evenement.target.closest("dialog [data-fermer]");
    if (bouton) {
      bouton.closest("dialog").close();
      return;
    }
    // A click on the backdrop lands on the dialog itself, outside its box.
    if (evenement.target instanceof HTMLDialogElement) {
      const boite = evenement.target.getBoundingClientRect();
      const dedans = evenement.clientX >= boite.left && evenement.clientX <= boite.right
        && evenement.clientY >= boite.top && evenement.clientY <= boite.bottom;
      if (!dedans && evenement.detail > 0) evenement.target.close();
    }
  });
}
