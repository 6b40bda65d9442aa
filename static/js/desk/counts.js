// Counts beside the names of lists: changed in place by what came and went.
const placesOf = (name) => document.querySelectorAll(`[data-count="${CSS.escape(name)}"]`);

// Only a plain number is counted on; "100+" waits for the next load.
function count(name, by) {
  for (const place of placesOf(name)) {
    const was = place.textContent.trim();
    if (/^\d+$/.test(was)) place.textContent = Math.max(0, Number(was) + by);
  }
}

// A case that went from one list to another; of no list where it is new, or nobody can decide it any more.
export function counted(from, to) {
  if (from === to) return;
  count(from, -1);
  count(to, 1);
  title();
}

// A list that was asked for again brings the counts of that moment with it.
export function recount(list) {
  for (const name of ["mine", "team", "snoozed"]) for (const place of placesOf(name)) place.textContent = list.dataset[name].trim();
  title();
}

// The title of the page says the same number.
function title() {
  const mine = placesOf("mine")[0]?.textContent.trim();
  if (!mine) return;
  const said = mine === "0" ? "Inbox" : `Inbox, ${mine} ${document.getElementById("queue")?.dataset.words}`;
  document.title = document.title.replace(/\bInbox\b(, \d+\+? (for you|waiting))?/, said);
}
