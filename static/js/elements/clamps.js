// A text that is cut has its "Show all", by what is measured; one that stands whole has none. Nothing is cut that would
// take no more room whole, or that leaves the brief within its screen.
const texts = () => document.querySelectorAll(".clamp > .txt");
const resized = new ResizeObserver(() => texts().forEach(measure));

function measure(text) {
  const [clamp, more] = [text.parentElement, text.parentElement.querySelector(":scope > .more")];
  if (more?.open) return;
  text.style.webkitLineClamp = "";
  clamp.removeAttribute("data-ui-whole");
  const [cut, isBelow] = [text.scrollHeight - text.clientHeight, more?.offsetTop >= text.offsetTop + text.offsetHeight];
  const fits = cut <= 1 || cut <= (isBelow ? more.offsetHeight : 0) + Math.max(0, roomBelow(text.closest("#brief")));
  if (fits && cut > 1) text.style.webkitLineClamp = "none";
  clamp.toggleAttribute("data-ui-whole", fits);
}
// What is left of the screen below the brief, as it stands before anybody scrolls.
function roomBelow(brief) {
  const zone = brief?.closest(".case-in")?.parentElement;
  if (!zone) return 0;
  const { bottom } = brief.getBoundingClientRect();
  if (getComputedStyle(zone).overflowY === "auto") return zone.clientHeight - bottom + zone.getBoundingClientRect().top - zone.scrollTop;
  return innerHeight - (document.querySelector(".bottom-bar")?.offsetHeight ?? 0) - bottom - scrollY;
}

export const measureAll = () => texts().forEach((text) => { measure(text); resized.observe(text); });

document.addEventListener("baton:swapped", measureAll);
document.addEventListener("toggle", ({ target }) => target.matches?.(".clamp > .more") && measure(target.previousElementSibling), true);
measureAll();
