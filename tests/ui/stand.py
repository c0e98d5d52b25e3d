"""Pictures on a page without JupyterLab: the browser's half as it is, with the Python half in this process."""

from collections.abc import Sequence
from itertools import count
from typing import Any

from playwright.sync_api import Page

from cmo_kit.widgets.stage.event import answer_to
from cmo_kit.widgets.stage.stage import FOLDER, Stage

NUMBERS = count()  # a page keeps every function that it was ever given

#: Shows a picture of each frame; what the browser's half sends goes to `kernel`, which returns frame and answer.
SHOW = """async ([source, style, name, frames]) => {
    window.kernel = window[name];
    window.answers = 0;
    document.head.append(Object.assign(document.createElement("style"), { textContent: style }));
    const module = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
    frames.forEach(([frame, label], k) => {
        const data = { frame, label }, heard = {};
        const model = {
            get: (name) => data[name],
            on: (name, call) => (heard[name] = call),
            off() {},
            async send(message) {
                const [frame, answer] = await window.kernel(k, message);
                data.frame = frame;
                heard["change:frame"]();
                heard["msg:custom"](answer);
                window.answers += 1;
            },
        };
        module.default.render({ model, el: document.body.appendChild(document.createElement("div")) });
    });
}"""


def stand(page: Page, stages: Sequence[Stage]) -> list[dict[str, Any]]:
    """Show these pictures, each with a kernel that answers at once; returns the list of the messages that come."""
    sent: list[dict[str, Any]] = []

    def kernel(k: int, message: dict[str, Any]) -> list[object]:
        sent.append(message)
        stages[k]._receive(None, message, None)
        return [stages[k].frame, answer_to(message)]

    name = f"kernel{next(NUMBERS)}"
    page.expose_function(name, kernel)
    page.set_content("<!doctype html><html lang='en'><title>Pictures</title><body style='margin:0'></body></html>")
    source, style = ((FOLDER / name).read_text(encoding="utf-8") for name in ("stage.js", "stage.css"))
    page.evaluate(SHOW, [source, style, name, [[stage.frame, stage.label] for stage in stages]])
    page.wait_for_function("count => window.answers >= count", arg=len(stages))  # each one has told how wide it is
    return sent
