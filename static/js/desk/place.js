// "Why here": under a row, why it stands there and whether Take next agrees. By key and by touch.
import { getFragment } from "../live/http.js";
import * as rows from "./rows.js";

export async function whyHere(row = rows.focusedRow() ?? rows.openRow()) {
  const button = row?.querySelector(".why-here");
  if (!button) return;
  const told = row.querySelector(".because");
  button.ariaExpanded = String(!told);
  if (told) return told.remove();
  const place = document.createElement("div");
  place.className = "because";
  place.role = "status";
  row.append(place);
  const page = await getFragment(`/escalations/${row.dataset.escalation}/here/`, "div#here").catch(() => null);
  const words = page?.getElementById("here");
  if (words) place.replaceChildren(...document.importNode(words, true).children);
  else place.textContent = "Baton could not be asked. Try again.";
  place.scrollIntoView({ block: "nearest" });
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest(".why-here");
  if (button) whyHere(button.closest(".q-row"));
});
