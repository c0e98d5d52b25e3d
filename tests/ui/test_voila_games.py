"""The app's other pictures in Chromium: a run replayed, a schedule built by mouse and by keys, a model broken."""

import json
import re

import numpy as np
import pytest
from playwright.sync_api import Error, Locator, Page, expect

from cmo_kit import Schedule, check_schedule, decode, load_instance
from cmo_kit.course.model_by_hand import without
from cmo_kit.widgets.ga.recording import record
from tests.ui.ui_help import SECONDS, drag

FIG3 = load_instance("fig3")


def touch(stage: Locator, *names: str) -> None:
    """Click on parts of a picture; of a part of an SVG, on the middle of what can be hit of it."""
    for name in names:
        part = stage.locator(f'[data-touch="{name}"]')
        part.wait_for(timeout=SECONDS)
        inner = part.locator("circle, rect").last if name.startswith("gap-") else part.locator("rect").first
        if re.match("gap|run|batch|chromosome|gene-", name):
            try:
                inner.click(force=True)
            except Error as error:  # drawn anew between being found and clicked, which only an unforced click waits for
                if "not visible" not in error.message:
                    raise
                inner.click(force=True)
        else:
            part.click()


@pytest.fixture
def board(explorer) -> Locator:
    """An empty board to build on."""
    stage = explorer("Beat the genetic algorithm")
    if stage.locator('[data-touch="reset"]').get_attribute("aria-disabled") is None:
        touch(stage, "reset")
    expect(stage.locator("strong")).to_contain_text("11 batches left to place", timeout=SECONDS)
    return stage


def expect_schedule(stage: Locator, sites: list[list[tuple[str, int]]]) -> None:
    """The score of just this schedule is shown, and its text is a file that the checker accepts."""
    schedule = Schedule(FIG3, sites)
    assert check_schedule(FIG3, schedule) == []
    expect(stage.locator("strong")).to_contain_text(f"{schedule.total_tardiness:g} days:", timeout=SECONDS)
    expect(stage).to_contain_text("Checker: nothing is wrong.", timeout=SECONDS)
    touch(stage, "text")
    box = stage.locator("textarea")
    box.wait_for(timeout=SECONDS)
    document = json.loads(box.text_content() or "")
    assert document["sites"] == [[run._asdict() for run in site] for site in schedule.sites]
    assert document["total_tardiness"] == schedule.total_tardiness
    touch(stage, "text")
    expect(box).to_have_count(0, timeout=SECONDS)


def test_a_schedule_is_built_with_the_mouse(page: Page, board: Locator) -> None:
    """Place, split over two Sites, undo, redo: the score is that of the very runs."""
    touch(board, "order-2", "gap-0-0", "order-0", "gap-1-0", "order-3", "gap-2-0", "order-1", "gap-2-1")
    expect_schedule(board, [[("3", 3)], [("1", 3)], [("4", 2), ("2", 3)]])
    touch(board, "run-1-0", "fewer", "gap-0-1")
    expect_schedule(board, [[("3", 3), ("1", 2)], [("1", 1)], [("4", 2), ("2", 3)]])
    touch(board, "undo")
    expect_schedule(board, [[("3", 3)], [("1", 3)], [("4", 2), ("2", 3)]])
    touch(board, "redo", "run-1-0", "run-0-1")  # what was moved is joined by the rest
    expect_schedule(board, [[("3", 3), ("1", 3)], [], [("4", 2), ("2", 3)]])


def test_a_schedule_is_built_with_the_keyboard(page: Page, board: Locator) -> None:
    """Arrows, Enter, plus and minus alone; every key is answered before the next one is pressed."""
    board.focus()
    said = board.locator('[role="status"]:not(.cmo-error)')
    for key, words in (
        ("ArrowUp", ""), ("ArrowUp", "Order"), ("ArrowUp", "Order"), ("ArrowUp", "Order"),
        ("ArrowLeft", "Order"), ("ArrowLeft", "Order"), ("ArrowLeft", "Order"), ("ArrowLeft", "Order 1:"),
        ("Enter", "In hand: 3 batches of order 1"), ("-", "2 batches of order 1"),
        ("ArrowDown", "Site 1, place 1 of 1"), ("Enter", "2 batches of order 1 put on Site 1"),
        ("ArrowUp", "Order 1: 1 of 3"), ("Enter", "In hand: 1 batch of order 1"),
        ("ArrowDown", "Site 1, place"), ("ArrowDown", "Site 2, place 1 of 1"), ("Enter", "put on Site 2"),
        ("z", "Undone"), ("y", "Done again"),
    ):  # fmt: skip
        board.press(key)
        expect(said).to_contain_text(words, timeout=SECONDS)
    expect(board.locator("strong")).to_contain_text("8 batches left to place", timeout=SECONDS)
    expect(board.locator('[data-touch="run-0-0"]')).to_have_attribute("aria-label", re.compile("order 1, 2 batches"))
    expect(board.locator('[data-touch="run-1-0"]')).to_have_attribute("aria-label", re.compile("order 1, 1 batches"))


def test_the_replay_shows_the_run_of_its_seed(page: Page, explorer) -> None:
    """Slider, handle, pages and keys: population, best schedule and ancestry are those of the recorded run."""
    stage = explorer("Genetic algorithm explorer")
    run = record(FIG3, 7, 20, 30)
    stage.locator('input[data-touch="generation"]').fill("4")
    here = run.generations[4]
    status = stage.locator("p[aria-live]").first
    expect(status).to_contain_text(f"Best so far {here.best_tardiness:g} days", timeout=SECONDS)
    worst = stage.locator(f'g[data-touch="chromosome-{int(here.tardiness.argmax())}"] title').first
    expect(worst).to_contain_text(f"total tardiness {here.tardiness.max():g} days", timeout=SECONDS)
    drag(page, stage, "generation", 1)
    last = run.generations[30]
    expect(status).to_contain_text(f"Best so far {last.best_tardiness:g} days", timeout=SECONDS)
    touch(stage, "page-best")
    total = decode(FIG3, last.best).total_tardiness
    expect(stage.locator("desc").last).to_contain_text(f"Total tardiness {total:g} days.", timeout=SECONDS)
    touch(stage, "page-ancestry", "gene-2")
    expect(status).to_contain_text("Marked: order 1, batch 3", timeout=SECONDS)
    stage.focus()
    stage.press("Home")
    expect(status).to_contain_text(f"Best so far {run.generations[0].best_tardiness:g} days", timeout=SECONDS)
    stage.press("2")
    making = run.generations[1].making
    assert making is not None
    count = int(np.count_nonzero(making.exchanged[0]))
    words = f"{count} of 13 genes are exchanged" if count else "the children are copies"
    expect(stage).to_contain_text(words, timeout=SECONDS)
    stage.press("Space")
    expect(status).not_to_contain_text("met in generation 0;", timeout=SECONDS)
    stage.get_by_role("button", name="Pause").click()


def test_a_broken_model_shows_claim_and_verdict(page: Page, explorer) -> None:
    """Without (6) everything starts at once; a sentence points at its batch, a batch at its sentence."""
    stage = explorer("Break a constraint")
    touch(stage, "without-6")
    answer = without(load_instance("tiny-pipeline"), 6)
    assert answer.schedule is not None
    real = answer.schedule.possible.total_tardiness
    expect(stage.locator('[role="status"]:not(.cmo-error)')).to_contain_text(
        f"really take {real:g} days of tardiness", timeout=SECONDS
    )
    expect(stage.locator("ol button")).to_have_text(answer.words, timeout=SECONDS)
    touch(stage, "word-1")
    expect(stage.locator('[data-touch="word-1"]')).to_have_attribute("aria-pressed", "true", timeout=SECONDS)
    violation = answer.violations[1]
    batch = f"batch-{violation.site - 1}-{violation.position - 1}"
    expect(stage.locator(f'[data-touch="{batch}"] rect')).to_have_attribute("stroke-width", "5", timeout=SECONDS)
    stage.focus()
    stage.press("7")
    expect(stage).to_contain_text("Checker: no violation.", timeout=SECONDS)
    stage.press("ArrowLeft")
    expect(stage.locator('[data-touch="without-6"]')).to_have_attribute("aria-pressed", "true", timeout=SECONDS)
