// Added to a page before its own scripts: what one press took, in milliseconds.
(() => {
  let [took, isSettled, settle] = [{}, null, null];
  const since = () => performance.now() - took.began;

  class Watched extends WebSocket {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", ({ data }) => {
        if (took.id && took.answered === undefined && data.includes(took.id)) took.answered = since() - took.sent;
      });
    }

    send(data) {
      const frame = JSON.parse(data);
      if (frame.command === "approve") Object.assign(took, { id: frame.id, sent: since() });
      super.send(data);
    }
  }
  window.WebSocket = Watched;

  const briefing = () => document.getElementById("briefing");
  // After the frame in which it is drawn.
  const atPaint = (then) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = then;
    port2.postMessage(0);
  });

  function look() {
    const { escalation, mine, uiFresh } = briefing()?.dataset ?? {};
    if (!escalation || escalation === took.from) return;
    if (!took.seen) {
      took.seen = true;
      atPaint(() => { took.painted = since(); });
    }
    if (mine !== undefined && uiFresh === undefined && !briefing().inert && took.painted && took.answered) {
      took.ready = since();
      settle?.(took);
      settle = null;
    }
  }

  new MutationObserver(look).observe(document, { attributes: true, childList: true, subtree: true });
  window.stopwatch = {
    start() {
      took = { from: briefing().dataset.escalation };
      isSettled = new Promise((resolve) => { settle = resolve; });
      addEventListener("keydown", (event) => { took.began = event.timeStamp; }, { capture: true, once: true });
    },
    ended: () => isSettled,
  };
})();
