// <baton-grades>: the grid of proficiencies. Arrows move, 0 to 5 set, a click counts up. What is set
// shows at once, and goes back with a sentence if it was not saved.
import { say } from "../notices/announce.js";
import { follow } from "../live/follow.js";
import { post } from "../live/http.js";
import { count, gradeOf, nameOf, namesOf, neighbour, paint, placeOf, placesOf } from "../people/grades.js";

const SAVED = "Saved, takes effect for new offers";
const SOON_MS = 200;
const UNREACHED = "Baton could not be reached.";

let part = null;

class Grades extends HTMLElement {
  #wanted = new Map(); #sending = Promise.resolve(); #focused = "";

  connectedCallback() {
    if (!this.querySelector("button.prof")) return;
    this.#rove(this.querySelector("button.prof"));
    this.addEventListener("keydown", (event) => this.#press(event));
    this.addEventListener("focusin", (event) => event.target.matches(".prof") && this.#rove(event.target));
    this.addEventListener("click", (event) => this.#click(event));
    if (part) return;
    part = follow({
      address: () => location.pathname + location.search,
      part: "skills",
      take: (page) => document.querySelector("baton-grades")?.take(page.querySelector("baton-grades")),
      frames: { notice: ({ kind }) => kind === "roster" || kind === "resync" },
      pause_ms: SOON_MS,
      polls: false,
    });
    addEventListener("focus", () => part.soon());
  }

  #rove(cell) {
    for (const other of this.querySelectorAll(".prof:not([tabindex='-1'])")) other.tabIndex = -1;
    cell.tabIndex = 0;
    cell.ariaLabel = nameOf(cell);
    this.#focused = placeOf(cell);
  }

  #click(event) {
    const cell = event.target.closest("button.prof");
    if (cell) event.preventDefault();
    if (cell) this.#set(cell, (gradeOf(cell) + 1) % 6);
  }

  #press(event) {
    const cell = event.target.closest("button.prof");
    if (!cell || event.altKey || event.metaKey) return;
    const isDigit = !event.ctrlKey && /^[0-5]$/.test(event.key), next = neighbour(this, cell, event);
    if (!next && !isDigit) return;
    for (const stop of ["preventDefault", "stopPropagation"]) event[stop]();
    if (isDigit) this.#set(cell, Number(event.key));
    else next.focus();
  }

  #set(cell, grade) {
    const name = placeOf(cell);
    part.overtake();
    if (!this.#wanted.has(name)) this.#wanted.set(name, { before: gradeOf(cell) });
    this.#wanted.get(name).grade = grade;
    this.#show(name, grade, "saving");
    this.#sending = this.#sending.then(() => this.#send(name));
  }

  // One after another, and only the last value of each cell.
  async #send(name) {
    const wanted = this.#wanted.get(name), sent = wanted?.grade, [person, ...skill] = name.split(":");
    if (!wanted) return;
    const cell = `${person}:${sent}:${skill.join(":")}`;
    const answer = await post(this.querySelector("form").action, { cell })
      .catch(() => ({ type: "refused", detail: UNREACHED }));
    // What was read before it was saved does not know of it.
    part.overtake();
    if (answer.type === "saved") wanted.before = sent;
    if (answer.type === "saved" && wanted.grade !== sent) return;
    this.#wanted.delete(name);
    if (answer.type === "saved") this.#tell(SAVED, this.#show(name, sent, "saved").ariaLabel);
    if (answer.type === "saved") return;
    const { ariaLabel } = this.#show(name, wanted.before, "refused");
    this.#tell(`Not saved. ${answer.detail} ${ariaLabel} again.`, "", true);
  }

  #show(name, grade, state) {
    const cell = placesOf(this).get(name);
    if (!cell) return { ariaLabel: name };
    const before = gradeOf(cell);
    paint(cell, grade, state);
    count(cell, before);
    return cell;
  }

  #tell(text, what = "", bad = false) {
    const line = document.querySelector("[data-said]");
    line.textContent = text;
    line.classList.toggle("bad", bad);
    say(what ? `${what}. ${text}` : text);
  }

  // What others set, shown in place; a grid of another shape replaces this one.
  take(fresh) {
    if (this.#wanted.size) return part.soon();
    if (!fresh || namesOf(fresh) !== namesOf(this)) return fresh && this.#replace(fresh);
    const mine = placesOf(this);
    for (const [name, cell] of placesOf(fresh)) {
      if (gradeOf(mine.get(name)) === gradeOf(cell)) continue;
      this.#tell("Changed by somebody else", this.#show(name, gradeOf(cell), "others").ariaLabel);
    }
  }

  #replace(fresh) {
    const hadFocus = this.contains(document.activeElement);
    this.replaceWith(fresh);
    if (hadFocus) placesOf(fresh).get(this.#focused)?.focus();
  }
}

customElements.define("baton-grades", Grades);
