// The browser's half of every picture that can be touched: it shows frames and sends events, and decides nothing.

const NAMED = "[data-touch], [data-drag]";
const KEYS = /^(Arrow(Left|Right|Up|Down)|Space|Home|End|PageUp|PageDown|Enter|Escape|Delete|Backspace|.)$/u;
const PATIENCE = 3000; // milliseconds that a kernel may take to answer

// An element keeps its identity by its name or id.
function nameOf(node) {
  return node.dataset ? node.dataset.touch || node.dataset.drag || node.id || "" : "";
}

function find(root, name) {
  return [...root.querySelectorAll(NAMED)].find((node) => nameOf(node) === name);
}

function alike(a, b) {
  return a.nodeName === b.nodeName && a.nodeType === b.nodeType && nameOf(a) === nameOf(b);
}

// Make `old` equal to `fresh` while keeping every node that can be kept, so that focus, capture and sliders survive.
function morph(old, fresh, untouched) {
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  morphChildren(old, fresh, untouched);
  if (old === untouched) return;
  if (old.nodeName === "INPUT") {
    if (old.type === "checkbox") old.checked = fresh.hasAttribute("checked");
    else old.value = fresh.getAttribute("value") ?? "";
  } else if (old.nodeName === "SELECT") {
    const chosen = [...old.options].findIndex((option) => option.hasAttribute("selected"));
    old.selectedIndex = Math.max(chosen, 0);
  }
}

function morphChildren(old, fresh, untouched) {
  let here = old.firstChild;
  for (const node of [...fresh.childNodes]) {
    let kept = here;
    while (kept && !alike(kept, node)) kept = nameOf(node) ? kept.nextSibling : null;
    if (!kept) {
      old.insertBefore(node, here);
      continue;
    }
    if (kept !== here) old.insertBefore(kept, here);
    else here = here.nextSibling;
    if (kept.nodeType === Node.ELEMENT_NODE) morph(kept, node, untouched);
    else if (kept.nodeValue !== node.nodeValue) kept.nodeValue = node.nodeValue;
  }
  while (here) {
    const next = here.nextSibling;
    here.remove();
    here = next;
  }
}

// Of two equal ids in a document the first counts, also where it is hidden, so every SVG of every view has its own.
function makeIdsUnique(content, view) {
  content.querySelectorAll("svg").forEach((svg, k) => {
    const end = `-${view}-${k}`;
    for (const node of svg.querySelectorAll("[id]")) node.id += end;
    for (const node of svg.querySelectorAll('[fill^="url(#"]')) {
      node.setAttribute("fill", node.getAttribute("fill").replace(")", `${end})`));
    }
  });
}

// While a picture plays or is dragged no part of it becomes lower, so that nothing jumps.
function holdHeights(old, fresh) {
  const before = old.querySelectorAll("svg");
  fresh.querySelectorAll("svg").forEach((svg, k) => {
    const [was, is] = [before[k], svg].map((node) => node?.getAttribute("viewBox")?.split(" ").map(Number));
    if (was && is && was[2] === is[2] && was[3] > is[3]) svg.setAttribute("viewBox", before[k].getAttribute("viewBox"));
  });
}

function element(parent, name, attributes) {
  const made = parent.appendChild(document.createElement(name));
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function render({ model, el }) {
  const say = (text) => model.get("words")?.[text] ?? text;
  const root = document.createElement("div");
  root.className = "cmo-stage";
  root.tabIndex = -1;
  root.setAttribute("role", "group");
  const bar = element(root, "div", { class: "cmo-bar" });
  // In this role screen readers hand keys on; they keep them for reading everywhere else.
  const pad = element(bar, "span", { class: "cmo-pad", role: "application", tabindex: 0 });
  pad.textContent = say("Keys");
  const large = element(bar, "button", { type: "button", class: "cmo-large", "aria-pressed": "false" });
  large.textContent = say("Large");
  const frame = element(root, "div", { class: "cmo-frame" });
  const notice = element(root, "p", { class: "cmo-error", role: "status" });
  const view = `v${Math.random().toString(36).slice(2)}`;
  const queue = [];
  let sent = 0;
  let outstanding = null; // the event that Python has not answered yet
  let waiting = null; // until an answer is missed
  let editing = null; // the control whose own value is newer than the frame's
  let timer = null;
  let every = "";

  function pump() {
    if (outstanding !== null || queue.length === 0) return;
    outstanding = sent += 1;
    waiting = setTimeout(missAnswer, PATIENCE);
    try {
      model.send({ ...queue.shift(), number: outstanding, view });
    } catch {
      // The connection is closed: no answer will come, and that is told soon.
    }
  }

  // A picture whose kernel is gone must not look alive; one whose kernel runs other cells waits for its turn.
  function missAnswer() {
    const kernel = model.widget_manager?.kernel;
    if (kernel?.status === "busy" && kernel.connectionStatus === "connected") {
      notice.textContent = say("The kernel is busy; the picture waits for it.");
      waiting = setTimeout(missAnswer, PATIENCE);
      return;
    }
    queue.length = 0;
    root.classList.add("cmo-silent");
    notice.textContent = say(document.body.dataset.voila ? "No answer: reload." : "No answer: run the cell again.");
  }

  // Of a movement only the latest place counts, so a slow kernel is never behind by more than one event.
  function push(kind, target, value = null) {
    if (root.classList.contains("cmo-silent")) return;
    const last = queue[queue.length - 1];
    if (last && ["drag", "set", "room"].includes(kind) && last.kind === kind && last.target === target) last.value = value;
    else queue.push({ kind, target, value });
    pump();
  }

  function tick() {
    if (!root.isConnected || document.hidden || outstanding !== null || queue.length > 0) return;
    const element = root.querySelector("[data-every]");
    if (element) push("tick", element.dataset.touch ?? "");
  }

  function showFrame() {
    const template = document.createElement("template");
    template.innerHTML = model.get("frame");
    const focused = root.contains(document.activeElement) ? nameOf(document.activeElement) : "";
    const busy = queue.length > 0 ? editing : null;
    if (!busy) editing = null;
    makeIdsUnique(template.content, view);
    if (template.content.querySelector("[data-every]") || root.classList.contains("cmo-dragging")) {
      holdHeights(frame, template.content);
      for (const node of template.content.querySelectorAll("[aria-live]")) node.setAttribute("aria-live", "off");
    }
    morphChildren(frame, template.content, busy);
    if (focused && !root.contains(document.activeElement)) find(root, focused)?.focus({ preventScroll: true });
    root.setAttribute("aria-label", model.get("label"));
    pad.setAttribute("aria-label", `${model.get("label")}. ${root.querySelector(".cmo-hint")?.textContent ?? ""}`);
    const wanted = root.querySelector("[data-every]")?.dataset.every ?? "";
    if (wanted !== every) {
      clearInterval(timer);
      timer = wanted ? setInterval(tick, Number(wanted)) : null;
      every = wanted;
    }
  }

  function answer(message) {
    if (message?.view !== view || message.answered !== outstanding) return;
    outstanding = null;
    clearTimeout(waiting);
    root.classList.remove("cmo-silent");
    notice.textContent = "";
    pump();
  }

  function click(event) {
    const element = event.target.closest("[data-touch]");
    if (!element || element.closest('[aria-disabled="true"]') || element.matches("select, input")) return;
    push("click", element.dataset.touch);
  }

  function set(event) {
    const control = event.target;
    if (!control.matches("input[data-touch], select[data-touch]")) return;
    const number = control.type === "range" || control.type === "number";
    if (number && !Number.isFinite(control.valueAsNumber)) return; // a number field that is empty for the moment
    editing = control;
    if (control.type === "checkbox") push("set", control.dataset.touch, control.checked ? 1 : 0);
    else push("set", control.dataset.touch, number ? control.valueAsNumber : control.value);
  }

  function key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.key === "Tab") return;
    if (event.key === "Enter" && event.shiftKey) return; // runs the cell
    event.stopPropagation(); // or JupyterLab would take letters for commands
    const name = event.key === " " ? "Space" : event.key;
    const press = name === "Enter" || name === "Space";
    const place = event.target;
    if (place.matches("input, select, textarea") || (press && place.matches("button")) || !KEYS.test(name)) return;
    if (press && place.matches("[data-touch]")) {
      event.preventDefault();
      if (!event.repeat) place.dispatchEvent(new MouseEvent("click", { bubbles: true }));
      return;
    }
    const taken = root.querySelector("[data-keys]")?.dataset.keys;
    if (taken !== undefined && !taken.split(" ").includes(name)) return;
    event.preventDefault();
    if (event.repeat && outstanding !== null) return; // a key held down must not run ahead of the picture
    push("key", place.closest(NAMED) ? nameOf(place.closest(NAMED)) : "", name);
  }

  // Follow the pointer that went down on a thing, from where it is `far` enough away until it comes up or is cancelled.
  function follow(down, thing, far, moved, ended) {
    if (!thing || down.button !== 0 || thing.getAttribute("aria-disabled") === "true") return;
    const listening = new AbortController();
    let moving = false;
    const hear = (event) => {
      if (event.pointerId !== down.pointerId) return;
      if (event.type === "pointermove") {
        if (!moving && !far(event.clientX - down.clientX, event.clientY - down.clientY)) return;
        if (!moving) root.setPointerCapture(down.pointerId);
        moving = true;
        root.classList.add("cmo-dragging");
        moved(event);
      } else {
        listening.abort();
        root.classList.remove("cmo-dragging");
        if (moving) ended(event.type === "pointercancel" ? null : event);
      }
    };
    const { signal } = listening;
    for (const name of ["pointermove", "pointerup", "pointercancel"]) root.addEventListener(name, hear, { signal });
  }

  function drag(down) {
    const handle = down.target.closest("[data-drag]");
    const name = handle?.dataset.drag;
    let last = 0;
    const fraction = (event) => {
      const track = find(root, name)?.closest("[data-track]") ?? handle.closest("[data-track]");
      const { left, width } = (track.querySelector("[data-rail]") ?? track).getBoundingClientRect();
      return (last = Math.min(1, Math.max(0, (event.clientX - left) / (width || 1))));
    };
    const move = (event) => push("drag", name, fraction(event));
    // A movement that the browser takes over, to scroll, is cancelled at no place: it ends where it was last.
    const end = (event) => push("drop", name, event ? fraction(event) : last);
    follow(down, handle, (x) => Math.abs(x) >= 3, move, end);
  }

  // What is carried follows the pointer as a small mark; Python is told what was taken, and where it was put.
  function carry(down) {
    const thing = down.target.closest("[data-carry]");
    let mark = null;
    const move = (event) => {
      if (!mark) {
        mark = element(root, "div", { class: "cmo-mark", "aria-hidden": "true" });
        mark.textContent = thing.dataset.carried ?? "";
        push("take", thing.dataset.carry);
      }
      const { left, top } = root.getBoundingClientRect();
      mark.style.translate = `${event.clientX - left + 8}px ${event.clientY - top + 8}px`;
    };
    const end = (event) => {
      mark.remove();
      root.addEventListener("click", (click) => click.stopPropagation(), { capture: true, once: true });
      setTimeout(() => root.dispatchEvent(new MouseEvent("click"))); // takes that listener off where no click comes
      push("put", thing.dataset.carry, event ? placeAt(event.clientX, event.clientY) : "");
    };
    follow(down, thing, (x, y) => Math.hypot(x, y) >= 5, move, end);
  }

  // The name of the place under a point, or near it.
  function placeAt(x, y) {
    const far = (node) => {
      const { left, right, top, bottom } = node.getBoundingClientRect();
      return Math.hypot(Math.max(left - x, x - right, 0), Math.max(top - y, y - bottom, 0));
    };
    const places = [...root.querySelectorAll("[data-place]")].map((node) => [far(node), nameOf(node)]);
    const [nearest] = places.sort((a, b) => a[0] - b[0]);
    return nearest && nearest[0] < 40 ? nearest[1] : "";
  }

  // A picture on the whole screen; where that is not allowed, the button does nothing.
  function enlarge() {
    if (document.fullscreenElement === root) document.exitFullscreen();
    else root.requestFullscreen?.().catch(() => {});
  }

  const sized = new ResizeObserver(() => {
    const width = Math.round(root.clientWidth);
    if (!width || Math.abs(width - Number(root.dataset.width ?? 0)) < 10) return;
    root.dataset.width = width;
    push("room", "", width);
  });
  sized.observe(root);
  large.addEventListener("click", enlarge);
  root.addEventListener("fullscreenchange", () => {
    large.setAttribute("aria-pressed", String(document.fullscreenElement === root));
  });
  root.addEventListener("pointerdown", carry);
  root.addEventListener("click", click);
  root.addEventListener("input", set);
  root.addEventListener("keydown", key);
  root.addEventListener("pointerdown", drag);
  model.on("change:frame", showFrame);
  model.on("msg:custom", answer);
  showFrame();
  el.appendChild(root);
  return () => {
    clearInterval(timer);
    clearTimeout(waiting);
    sized.disconnect();
    model.off("change:frame", showFrame);
    model.off("msg:custom", answer);
  };
}

export default { render };
