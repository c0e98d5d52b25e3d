"""The laboratory's page: controls of ipywidgets around a session, and pictures that follow it."""

from __future__ import annotations

import sys
import threading
import time
from html import escape
from typing import Any

import ipywidgets as w

from cmo_kit.base.errors import raised
from cmo_kit.core.genetic import default_population_size
from cmo_kit.core.instance import Instance
from cmo_kit.library import instance_names, load_instance
from cmo_kit.study.results.gaps import known_of
from cmo_kit.views.words import enumeration, rounded
from cmo_kit.widgets.stage.live import live
from cmo_kit.widgets.trials.picture import draw_runs, draw_schedules, runs_table
from cmo_kit.widgets.trials.session import DEFAULTS, LIMITS, PARTS, STARTS, Run, Session, Setup

BETWEEN, LOOK = 0.1, 0.3  # seconds: between two pictures at least, and until a look at whether the kernel ends
MOST_CHROMOSOMES = 10_000  # of the longest chromosomes they take 100 MB
LATEST = "the latest"
#: The pictures' style, and paper under them; where they are wider than the page, the keyboard can scroll them.
STAGE = """<div class="cmo-stage" style="border:0;padding:0"><div class="cmo-frame" style="margin:0" tabindex="0"
role="group">{}</div></div>"""


class Side:
    """The parts of one run; two stand side by side."""

    def __init__(self, name: str) -> None:
        chosen = {part: _choice(part, names, names[0]) for part, names in PARTS.items()}
        chosen["crossover_probability"] = _number("P crossover", DEFAULTS["crossover_probability"], 0, 1, 0.05)
        chosen["mutation_probability"] = _number("P mutation", DEFAULTS["mutation_probability"], 0, 1, 0.05)
        chosen["w"] = _number("w", DEFAULTS["w"], 1e-6, 1e12, 1)
        self.parameters, self.start = chosen, _choice("begin with", STARTS, STARTS[0])
        self.name = w.HTML(f"<b>{name}</b>", layout={"width": "16px"})
        self.box = _row(self.name, *chosen.values(), self.start)

    def values(self) -> dict[str, Any]:
        """Parameters of :func:`cmo_kit.solve`."""
        return {name: control.value for name, control in self.parameters.items()}


class Laboratory:
    """A session and its page; shows itself in a notebook."""

    def __init__(self, instance: Instance | None, name: str, seed: int) -> None:
        self.session = Session()
        self._own, self._drawing, self._known = instance, threading.RLock(), dict[str, tuple[float, float]]()
        self._chart: tuple[list[Any] | None, float, float] = (None, 0.0, 0.0)  # what, when and how long it was drawn
        options = ([f"your own {instance.name}"] if instance else []) + instance_names()
        self.problem = _choice("problem", options, options[0] if instance else name, "190px")
        self.seed = w.BoundedIntText(seed, min=0, max=2**53, description="seed", **_look("130px"))
        self.population = w.BoundedIntText(0, min=0, max=MOST_CHROMOSOMES, description="population", **_look("150px"))
        self.population.tooltip = "chromosomes; 0: as many as Table 3 has for the problem"
        self.limit = _choice("at most", LIMITS, LIMITS[0], "170px")
        self.most = w.BoundedIntText(10_000, min=1, max=10**9, description="number", **_look("150px"))
        self.patience = w.BoundedIntText(100, min=0, max=10**9, description="patience", **_look("140px"))
        self.patience.tooltip = "generations without improvement that end a run; 0: none"
        self.sides = (Side("A"), Side("B"))
        self.pair = w.Checkbox(False, description="A and B side by side", indent=False, layout={"width": "190px"})
        self.show = _choice("show run", [LATEST], LATEST, "230px")
        self.status, self.pictures, self.gantt, self.table = (w.HTML(layout={"width": "98%"}) for _ in range(4))
        self.code = w.Textarea(description="as code", rows=5, **_look("98%"))
        actions = {"run": self.run, "pause": self.pause, "step": self.step, "stop": self.session.stop,
                   "forget": self.session.forget}  # fmt: skip
        self.buttons = {name: w.Button(description=name.capitalize(), layout={"width": "84px"}) for name in actions}
        for name, action in actions.items():
            self.buttons[name].on_click(lambda _, action=action: self._do(action))
        for control, follow in ((self.problem, self._arrange), (self.pair, self._arrange), (self.show, self.draw)):
            control.observe(lambda _, follow=follow: follow(), "value")
        self._arrange()
        common = _row(self.problem, self.seed, self.population, self.limit, self.most, self.patience)
        acting = _row(*self.buttons.values(), self.pair, self.show)
        boxes = (side.box for side in self.sides)
        self.page = w.VBox([common, *boxes, acting, self.status, self.pictures, self.gantt, self.table, self.code])

    @property
    def instance(self) -> Instance:
        """The problem that is chosen."""
        return self._own if self._own and self.problem.index == 0 else load_instance(self.problem.value)

    def setups(self) -> list[Setup]:
        """What the controls say now, of one side or of both."""
        instance, limit = self.instance, (self.limit.value, self.most.value)
        common = {
            "population_size": self.population.value or default_population_size(instance),
            "patience": self.patience.value or None,
        }
        sides = self.sides if self.pair.value else self.sides[:1]
        return [Setup(instance, common | s.values(), self.seed.value, limit, s.start.value, instance is self._own)
                for s in sides]  # fmt: skip

    def run(self, **last: int) -> None:
        """Begin what the controls say."""
        self.show.value = LATEST
        self.session.begin(self.setups(), **last)
        threading.Thread(target=self._follow, args=(self.session.current,)).start()

    def pause(self) -> None:
        """Pause runs that are going on, and let those go on that are paused."""
        {"running": self.session.step, "paused": self.session.go_on}.get(self.session.state, lambda: None)()

    def step(self) -> None:
        """Make one generation; where nothing is under way the first of a new run."""
        self.run(last=0) if self.session.state == "ready" else self.session.step()

    @property
    def shown(self) -> tuple[Run, ...]:
        """The runs whose population and schedule are shown."""
        chosen = tuple(run for run in self.session.runs if f"{run.number}" == str(self.show.value).split(":")[0])
        return chosen or self.session.current

    def draw(self) -> None:
        """Let the page show what there is now."""
        with self._drawing:
            state, runs, shown = self.session.state, list(self.session.runs), self.shown
            self.buttons["pause"].description = "Go on" if state == "paused" else "Pause"
            waiting = shown or (Run(1, self.setups()[0]),)
            for run in [*runs, *waiting]:
                if run.setup.instance.digest not in self._known:
                    self._known |= _known(run.setup.instance)
            curves = draw_runs(runs, waiting, self._known.get(waiting[0].setup.instance.digest))
            self.pictures.value = STAGE.format(curves)
            best, (drawn, at, took) = [run.best for run in shown], self._chart
            new = drawn is None or [*map(id, best)] != [*map(id, drawn)]  # kept, so that no other has its id
            if new and (state != "running" or time.perf_counter() > at + 4 * took):
                began = time.perf_counter()
                self.gantt.value = STAGE.format(draw_schedules(shown))
                self._chart = best, time.perf_counter(), time.perf_counter() - began
            if state != "running" or len(runs) != len(self.show.options) - 1:
                self.table.value = runs_table(runs, self._known) if runs else ""
                self.code.value = "\n\n".join(run.code for run in waiting)
                self._name_runs(runs)
            self.status.value = f'<p role="status" style="margin:0">{escape(self._said(state, shown))}</p>'

    def _name_runs(self, runs: list[Run]) -> None:
        options = [LATEST, *(f"{run.number}: {run.setup.instance.name}, {rounded(run.total)}" for run in runs)]
        if tuple(options) != self.show.options:
            chosen = str(self.show.value).split(":")[0]
            self.show.options = options
            self.show.value = next((option for option in options if option.split(":")[0] == chosen), LATEST)

    def _said(self, state: str, shown: tuple[Run, ...]) -> str:
        told = []
        for run in shown:
            best = f"generation {run.generation}, best {rounded(run.total, 10)}"
            text = best if run.rows else "its first generation is made"
            told.append(f"run {run.number}: {text}" + (f" ({run.trouble})" if run.trouble else ""))
        return f"{state.capitalize()}. " + (enumeration(told) if told else "Choose, then Run, or Step.")

    def _arrange(self) -> None:
        self.sides[0].name.layout.visibility = "visible" if self.pair.value else "hidden"
        self.sides[1].box.layout.display = None if self.pair.value else "none"
        if not self.session.runs:
            self.draw()

    def _do(self, action: Any) -> None:
        try:
            action()
        except Exception as error:
            self.status.value = f'<p role="alert" class="cmo-error">{escape(raised("the laboratory", error))}</p>'
        else:
            self.draw()

    def _follow(self, runs: tuple[Run, ...]) -> None:
        """Draw what is new until the runs have ended, in a thread, so that neither they nor buttons wait for pictures.

        It ends before the kernel does, with all that it has drawn sent: pyzmq refuses long messages once its own exit
        handler has run, and of such a one the browser gets the beginning, with the next message as its end.
        """
        seen, ended = -1, False
        while not ended and threading.main_thread().is_alive():
            with self.session.changed:
                new = self.session.changed.wait_for(lambda: self.session.version != seen, LOOK)  # noqa: B023
                seen, ended = self.session.version, all(run.ended for run in runs)
            if new:
                self._do(lambda: None)
                time.sleep(BETWEEN)
        sys.stdout.flush()  # a kernel's waits until everything before it is sent

    def __repr__(self) -> str:
        return f"Laboratory({self.instance.name!r}, {len(self.session.runs)} runs)"

    def _ipython_display_(self) -> None:
        self.draw()
        code = f'<pre aria-label="as code">{escape(self.code.value)}</pre>'
        frame = "".join(part.value for part in (self.status, self.pictures, self.gantt, self.table))
        live(self.page, frame + code, f"Laboratory of {self.instance.name}")


def _known(instance: Instance) -> dict[str, tuple[float, float]]:
    """Best known total tardiness and proved bound of a problem of the kit, by its digest."""
    row = known_of(instance)
    return {instance.digest: (float(row["best"]), float(row["lower_bound"] or 0))} if row and row["best"] else {}


def _look(width: str) -> dict[str, Any]:
    return {"style": {"description_width": "initial"}, "layout": {"width": width}}


def _choice(name: str, options: Any, value: Any, width: str = "200px") -> Any:
    return w.Dropdown(options=options, value=value, description=name, **_look(width))


def _number(name: str, value: float, least: float, most: float, step: float) -> Any:
    return w.BoundedFloatText(value, min=least, max=most, step=step, description=name, **_look("150px"))


def _row(*controls: Any) -> Any:
    return w.Box(controls, layout={"flex_flow": "row wrap", "align_items": "center", "overflow": "visible"})
