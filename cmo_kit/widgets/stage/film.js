// A kernel's stand-in for a picture that plays: it has all frames already, and answers what the player asks.

const PLAYER = { ArrowLeft: "back", ArrowRight: "next", Home: "first", End: "last", Space: "play" };

export function film(frames, label, words, player) {
  const known = { label, words };
  const heard = {};
  const last = frames.length - 1;
  let at = 0;
  let playing = false;

  // Every frame but the last one was drawn while the picture played.
  const standing = (frame) =>
    frame
      .replace(/ data-every="\d+"/, "")
      .replace(`aria-pressed="true">${words.Pause ?? "Pause"}`, `aria-pressed="false">${words.Play ?? "Play"}`);

  function follow({ kind, target, value }) {
    const moved = target === player || kind === "tick" ? kind : ""; // a key of a gene moves nothing
    const pressed = kind === "key" ? PLAYER[value] : kind === "click" ? target : moved;
    const goals = { first: 0, back: at - 1, next: at + 1, last, set: value, drag: value * last, drop: value * last };
    if (pressed === "tick" && playing) at += 1;
    else if (pressed === "play") [at, playing] = [at === last ? 0 : at, !playing];
    else if (pressed in goals && Number.isFinite(goals[pressed])) [at, playing] = [Math.round(goals[pressed]), false];
    at = Math.min(Math.max(at, 0), last);
    playing &&= at < last;
  }

  return {
    get: (name) => (name in known ? known[name] : playing ? frames[at] : standing(frames[at])),
    on: (name, call) => (heard[name] = call),
    off() {},
    send(message) {
      follow(message);
      queueMicrotask(() => {
        heard["change:frame"]();
        heard["msg:custom"]({ answered: message.number, view: message.view });
      });
    },
  };
}
