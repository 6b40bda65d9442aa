// How many notices are new: on the bell, before the title, and on the page of notices.
export function count(lines) {
  const bare = document.title.replace(/^\(\d+\) /, "");
  const title = lines.length ? `(${lines.length}) ${bare}` : bare;
  if (document.title !== title) document.title = title;
  for (const bell of document.querySelectorAll("[data-bell]")) {
    const number = bell.querySelector(".n");
    bell.setAttribute("aria-label", lines.length ? `Notices, ${lines.length} new` : "Notices");
    number.textContent = lines.length > 99 ? "99+" : lines.length;
    number.hidden = !lines.length;
  }
}

export const isPage = () => Boolean(document.querySelector("[data-all-notices]"));

// The page of notices shows what the messages know, whole.
export function fillPage(lines) {
  const list = document.querySelector("[data-all-notices] > ol");
  if (!list) return;
  const hand = handIn(list);
  for (const line of keepLines(list, lines)) line.hidden = false;
  document.querySelector("[data-no-notices]").hidden = lines.length > 0;
  document.querySelector("[data-see-all]").hidden = !lines.length;
  giveHand(list, hand, document.getElementById("new-t"));
}

// Lines that are there stay where they are, so that nobody loses the button they are on.
export function keepLines(list, fresh, name = "notice") {
  const have = new Map([...list.children].map((line) => [line.dataset[name], line]));
  const kept = (line) => have.get(line.dataset[name]) ?? document.importNode(line, true);
  const wanted = fresh.map(kept);
  for (const line of have.values()) if (!wanted.includes(line)) line.remove();
  wanted.forEach((line, place) => list.children[place] !== line && list.insertBefore(line, list.children[place] ?? null));
  return wanted;
}

// Which line somebody is on, and when that one is gone: on to the next one's button.
export const handIn = (list) => [...list.children].findIndex((line) => line.contains(document.activeElement));

export function giveHand(list, place, otherwise) {
  if (place < 0 || list.contains(document.activeElement)) return;
  const lines = [...list.children].filter((line) => !line.hidden);
  const line = lines[Math.min(place, lines.length - 1)];
  // Shown before it is gone to.
  line?.closest("baton-messages")?.bring(line);
  (line?.querySelector("button") ?? otherwise)?.focus({ preventScroll: true });
}
