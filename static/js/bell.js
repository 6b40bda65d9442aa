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

export function fillPage(lines) {
  const list = document.querySelector("[data-all-notices] > ol");
  if (!list) return;
  list.replaceChildren(...lines.map((line) => line.cloneNode(true)));
  for (const line of list.children) line.hidden = false;
  document.querySelector("[data-no-notices]").hidden = lines.length > 0;
}
