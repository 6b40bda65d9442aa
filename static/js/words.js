// The difference of two texts, word by word, as nodes: text is never markup.
const MOST = 1200;

export function differenceOf(before, after) {
  const [a, b] = [pieces(before), pieces(after)];
  if (a.length > MOST || b.length > MOST) return [piece("del", before), " ", piece("ins", after)];
  return joined(walk(a, b));
}

const pieces = (text) => text.match(/\s+|[^\s]+/g) ?? [];

function piece(tag, text) {
  const node = document.createElement(tag);
  node.textContent = text;
  return node;
}

// Longest common subsequence; both texts are short enough for the plain table.
function walk(a, b) {
  const table = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      table[i][j] = a[i] === b[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
    }
  }
  const steps = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      steps.push(["", a[i]]);
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && table[i + 1][j] >= table[i][j + 1])) {
      steps.push(["del", a[i++]]);
    } else {
      steps.push(["ins", b[j++]]);
    }
  }
  return steps;
}

function joined(steps) {
  const runs = [];
  for (const [kind, text] of steps) {
    const last = runs.at(-1);
    if (last && last[0] === kind) last[1] += text;
    else runs.push([kind, text]);
  }
  return runs.map(([kind, text]) => (kind ? piece(kind, text) : text));
}
