// A note stands at the foot of the case, in view wherever that is scrolled to, inside a region that is read out; what was
// typed is kept in it.
export function note(text, kept = "") {
  const place = document.getElementById("case-notice");
  if (!place) return document.getElementById("toasts")?.tell(text);
  const template = document.getElementById("note-template").content.cloneNode(true);
  template.querySelector("[data-text]").textContent = text;
  const words = template.querySelector("[data-kept]");
  if (kept) words.value = kept;
  else words.remove();
  place.replaceChildren(template);
}
