// A private window may have no storage: then nothing is kept, and nothing breaks.
export function store(act, kind = "sessionStorage") {
  try {
    return act(globalThis[kind]);
  } catch {
    return null;
  }
}
