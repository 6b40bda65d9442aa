// What was pressed on a page stays where it was when something opens beside it and the page is laid out anew.
let pressed, opener = "a:not(*)";

const nameOf = (one) => one.matches("button[name][value]")
  ? `button[name="${CSS.escape(one.name)}"][value="${CSS.escape(one.value)}"]`
  : `a[href="${CSS.escape(one.getAttribute("href"))}"]`;

document.addEventListener("click", ({ target }) => {
  const at = target.closest("#main [data-page] :is(button[name][value], a[href])");
  // Closing goes back to what had opened it.
  const one = (at?.matches("[data-closes]") && document.querySelector(`#main :is([aria-controls=editor], ${opener})`)) || at;
  pressed = one && { name: nameOf(one), top: one.getBoundingClientRect().top, closes: one !== at };
}, true);

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (!pressed || !("page" in (ctx.target?.dataset ?? {})) || !(pressed.closes || document.getElementById("editor"))) return;
  const { name, top, closes } = pressed;
  [opener, pressed] = [closes ? opener : name];
  // After the layout, so that what has opened takes its room first.
  requestAnimationFrame(() => keep(name, top));
});

function keep(name, top) {
  const one = document.querySelector(`#main [data-page] ${name}`);
  if (!one) return;
  const moved = () => one.getBoundingClientRect().top - top;
  const inside = one.closest(".scroll-x");
  scrollBy(0, moved());
  // The end of the page is no end where its table scrolls by itself.
  if (inside && Math.abs(moved()) > 1) inside.scrollTop += moved();
  show(one);
}

// Where what opened covers it, as on a phone, or the table is now too narrow for it.
function show(one) {
  const inside = one.closest(".scroll-x");
  if (inside) inside.scrollLeft += Math.max(0, one.getBoundingClientRect().right - inside.getBoundingClientRect().right);
  const box = one.getBoundingClientRect();
  const sheet = document.getElementById("editor")?.parentElement;
  if (!sheet) return one.focus({ preventScroll: true });
  if (getComputedStyle(sheet).position !== "fixed") return;
  const over = sheet.getBoundingClientRect();
  const hidden = box.left < over.right && box.right > over.left ? box.bottom + 8 - over.top : 0;
  if (hidden > 0) scrollBy(0, hidden);
}

// A copied address, or a page without what came before.
addEventListener("DOMContentLoaded", () => {
  const one = document.querySelector("#main [aria-controls=editor]");
  if (!one) return;
  one.scrollIntoView({ block: "center", inline: "nearest" });
  show(one);
});
