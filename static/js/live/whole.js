// A browser cuts without a word what is pasted into a field that is too short for it. Here it stays whole, and the
// field says how much too long it is until somebody shortens it.
function lift({ target }) {
  if (!(target.maxLength > 0)) return;
  target.dataset.most = target.maxLength;
  target.removeAttribute("maxlength");
}

function say({ target }) {
  const most = Number(target.dataset?.most), has = target.value?.length ?? 0;
  if (!most || (has <= most && !("over" in target.dataset))) return;
  target.setCustomValidity(has > most ? `Use at most ${most.toLocaleString("en")} characters; this has ${has.toLocaleString("en")}.` : "");
  target.toggleAttribute("data-over", has > most);
  if (has > most) target.reportValidity();
}

document.addEventListener("focusin", lift);
document.addEventListener("beforeinput", lift);
document.addEventListener("input", say);
document.addEventListener("reset", ({ target }) => {
  for (const field of target.querySelectorAll("[data-over]")) {
    field.setCustomValidity("");
    field.removeAttribute("data-over");
  }
});
