// The difference of two texts, word by word, as nodes: text is never markup.
const MOST = 1200;

export function differenceOf(before, after) {
  const [a, b] = [pieces(before), pieces(after)];
  if (a.length > MOST || b.length > MOST) return [piece("del", before), " ", piece("ins", after)];
  return walk(a, b).map(([kind, text]) => (kind ? piece(kind, text) : text));
}

const pieces = (text) => text.match(/\s+|[^\s]+/g) ?? [];

const piece = (tag, textContent) => Object.assign(document.createElement(tag), { textContent });

// Longest common subsequence; both texts are short enough for the plain table.
function walk(a, b) {
  const table = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      table[i][j] = a[i] === b[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
    }
  }
  const runs = [];
  const add = (kind, text) => {
    if (runs.at(-1)?.[0] === kind) runs.at(-1)[1] += text;
    else runs.push([kind, text]);
  };
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const isDropped = j >= b.length || (i < a.length && table[i + 1][j] >= table[i][j + 1]);
    if (i < a.length && a[i] === b[j]) {
      add("", a[i++]);
      j += 1;
    } else if (isDropped) add("del", a[i++]);
    else add("ins", b[j++]);
  }
  return runs;
}
