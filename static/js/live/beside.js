// What stands beside every page, in one question: whoever asks in the same moment shares the answer.
import { getFragment } from "./http.js";

let asked = null;

export function readBeside() {
  if (asked) return asked;
  asked = Promise.resolve().then(read);
  setTimeout(() => { asked = null; });
  return asked;
}

async function read() {
  const place = document.querySelector(".families");
  const { beside } = document.querySelector("baton-messages").dataset;
  const page = await getFragment(place ? `${beside}?families` : beside, "beside");
  const fresh = page.getElementById("families");
  if (place && fresh && !place.contains(document.activeElement)) {
    place.replaceChildren(...document.importNode(fresh, true).childNodes);
    htmx.process(place);
  }
  return page;
}
