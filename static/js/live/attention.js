// How much a person looked before deciding. Used for the quality of oversight, never to rank people.
const IDLE_MS = 30_000;
let active_s = 0;
let touchedAt = Date.now();
const touched = { lease: true, here: true };
let opened = new Set();

export function restart() {
  active_s = 0;
  opened = new Set();
}

export const soFar = () => ({ active_s, opened: [...opened].slice(0, 20) });

export const sinceTouched = () => Date.now() - touchedAt;

// Whether a hand moved since the last beat of this kind.
export function takeActivity(beat = "lease") {
  const was = touched[beat];
  touched[beat] = false;
  return was;
}

function touch() {
  touchedAt = Date.now();
  touched.lease = touched.here = true;
}

for (const kind of ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"]) {
  addEventListener(kind, touch, { passive: true, capture: true });
}
document.addEventListener("toggle", ({ target }) => {
  const part = target.open && target.closest?.("[id]")?.id;
  if (part) opened.add(part);
}, true);
document.addEventListener("click", (event) => {
  const link = event.target.closest?.(".cite, .jump a");
  if (link) opened.add(link.textContent.trim().slice(0, 40));
});
setInterval(() => {
  if (!document.hidden && sinceTouched() < IDLE_MS) active_s += 1;
}, 1000);
