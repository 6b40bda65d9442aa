// How the grid of proficiencies looks: one cell, and the count below each skill.
const WORDS = ["none", "learning", "basic", "working", "strong", "expert"];
const WORKING = 3;

export const gradeOf = (cell) => Number(cell.dataset.v);

const cellsOf = (grid) =>
  [...grid.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("button.prof")]);

export const namesOf = (grid) => [...grid.querySelectorAll(".prof")].map((cell) => cell.dataset.cell).join("\n");

// Where an arrow, Home or End leads from a cell; nowhere past the edge.
export function neighbour(grid, cell, { key, ctrlKey }) {
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

export function paint(cell, grade, state) {
  const [person, ...skill] = cell.dataset.cell.split(":");
  cell.dataset.v = grade;
  cell.dataset.uiState = state;
  cell.value = `${person}:${(grade + 1) % WORDS.length}:${skill.join(":")}`;
  cell.ariaLabel = `${cell.dataset.name}: ${grade}, ${WORDS[grade]}`;
  cell.querySelector("b").textContent = grade || "–";
  cell.querySelectorAll("u").forEach((dot, number) => dot.classList.toggle("on", number < grade));
}

// "At 3 or more", with a mark where that is fewer than two.
export function count(grid) {
  const rows = cellsOf(grid);
  grid.querySelectorAll("[data-able]").forEach((place, column) => {
    const able = rows.filter((row) => gradeOf(row[column]) >= WORKING).length;
    place.querySelector("b").textContent = able;
    place.firstElementChild.classList.toggle("warn-t", able < 2);
  });
}
