// How the grid of proficiencies looks: one cell, and the count below each skill. Whose a cell is and of what stands
// in its value, `person:grade after a click:skill`, and is said by its row and its column.
const WORDS = ["none", "learning", "basic", "working", "strong", "expert"];
const WORKING = 3;

export const gradeOf = (cell) => Number(cell.dataset.v);
export const placeOf = (cell) => cell.value.replace(/^(\d+):\d:/, "$1:");
export const placesOf = (grid) => new Map([...grid.querySelectorAll("button.prof")].map((cell) => [placeOf(cell), cell]));
export const namesOf = (grid) => [...placesOf(grid).keys()].join("\n");

const cellsOf = (grid) =>
  [...grid.querySelectorAll("tbody tr:not([hidden])")].map((row) => [...row.querySelectorAll("button.prof")]);

// Where an arrow, Home or End leads from a cell; nowhere past the edge, and over what a search hides.
export function neighbour(grid, cell, { key, ctrlKey }) {
  if (!/^(Arrow|Home$|End$)/.test(key)) return null;
  const rows = cellsOf(grid);
  const y = rows.findIndex((row) => row.includes(cell)), x = rows[y].indexOf(cell);
  const clamp = (number, most) => Math.min(Math.max(number, 0), most);
  const moves = {
    ArrowRight: [y, x + 1], ArrowLeft: [y, x - 1], ArrowDown: [y + 1, x], ArrowUp: [y - 1, x],
    Home: [ctrlKey ? 0 : y, 0], End: [ctrlKey ? Infinity : y, Infinity],
  };
  const to = moves[key];
  return to && rows[clamp(to[0], rows.length - 1)][clamp(to[1], rows[0].length - 1)];
}

// "Kofi Mensah, Refunds: 3, working".
export function nameOf(cell) {
  const [row, column] = [cell.closest("tr"), cell.closest("td").cellIndex];
  const skill = cell.closest("table").tHead.rows[cell.closest("table").tHead.rows.length - 1].cells[column].textContent;
  return `${row.cells[0].dataset.name}, ${skill.trim()}: ${gradeOf(cell)}, ${WORDS[gradeOf(cell)]}`;
}

export function paint(cell, grade, state) {
  const [person, ...skill] = placeOf(cell).split(":");
  cell.dataset.v = grade;
  cell.dataset.uiState = state;
  cell.value = `${person}:${(grade + 1) % WORDS.length}:${skill.join(":")}`;
  cell.textContent = grade || "–";
  cell.ariaLabel = nameOf(cell);
}

// "At 3 or more" of all people, whether they are on this page or not, with a mark where that is fewer than two.
export function count(cell, before) {
  const place = cell.closest("table").tFoot.rows[0].cells[cell.closest("td").cellIndex], number = place.querySelector("b");
  const able = Number(number.textContent) + (gradeOf(cell) >= WORKING) - (before >= WORKING);
  number.textContent = able;
  place.firstElementChild.classList.toggle("warn-t", able < 2);
}
