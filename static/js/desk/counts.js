// Counts beside the names of lists: changed in place by what came and went.
const placesOf = (name) => document.querySelectorAll(`[data-count="${CSS.escape(name)}"]`);

// Only a plain number is counted on; "100+" waits for the next load.
export function count(name, by) {
  for (const place of placesOf(name)) {
    const was = place.textContent.trim();
    if (/^\d+$/.test(was)) place.textContent = Math.max(0, Number(was) + by);
  }
}

// A list that was asked for again brings the counts of that moment with it.
export function recount(list) {
  for (const name of ["mine", "team", "snoozed"]) for (const place of placesOf(name)) place.textContent = list.dataset[name].trim();
}
