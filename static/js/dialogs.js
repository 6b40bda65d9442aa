// Buttons that open a dialog, and the modifier's name on the machine at hand.
export function openDialog(id) {
  const dialog = document.getElementById(id);
  if (!dialog || dialog.open) return;
  for (const other of document.querySelectorAll("dialog[open]")) other.close();
  dialog.showModal();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) return openDialog(opener.dataset.opens);
  // A press on the backdrop closes, as Esc does.
  if (event.target.matches?.("dialog.dlg[open]") && isOutside(event)) event.target.close();
});

function isOutside({ target, clientX, clientY }) {
  const { left, right, top, bottom } = target.getBoundingClientRect();
  return clientX < left || clientX > right || clientY < top || clientY > bottom;
}

if (/Mac|iPhone|iPad/.test(navigator.platform)) {
  for (const key of document.querySelectorAll("[data-mod]")) key.textContent = "⌘K";
}
