// One polite voice. Emptied first, so that the same sentence is read twice when it happens twice.
export function say(text) {
  const region = document.getElementById("announce");
  if (!region) return;
  region.textContent = "";
  setTimeout(() => { region.textContent = text; }, 30);
}
