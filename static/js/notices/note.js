// A note stands at the foot of the case, in view wherever that is scrolled to, inside a region that is read out; what was
// typed is kept in it. What it says of faults goes with them.
export function note(text, kept = "", isOfFaults = false) {
  const place = document.getElementById("case-notice");
  if (!place) return document.getElementById("toasts")?.tell(text);
  const template = document.getElementById("note-template").content.cloneNode(true);
  template.querySelector("[data-text]").textContent = text;
  const words = template.querySelector("[data-kept]");
  if (kept) words.value = kept;
  else words.remove();
  place.toggleAttribute("data-ui-faults", isOfFaults);
  place.replaceChildren(template);
}
