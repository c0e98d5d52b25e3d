"""Full disks, read-only folders, places that are taken: one sentence with the path, code 2, nothing harmed or left."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cmo_kit.cli import main
from tests.helpers.faults_disk import COMMANDS

#: The system's reason in each kind of folder.
REASONS = {
    "full": ["No space left on device"],
    "readonly": ["Read-only file system"],
    "limited": ["File too large"],
    "taken": ["it must not be a folder or a device", "it is a folder or a device", "File exists", "Not a directory"],
}
#: Mounting needs root, or a namespace in which one is.
NAMESPACE = ["unshare", "--user", "--map-root-user", "--mount"]


@cache
def can_mount() -> bool:
    try:
        return (
            subprocess.run([*NAMESPACE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True).returncode == 0
        )
    except OSError:
        return False


@pytest.fixture(scope="module", params=REASONS)
def attacked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any]]:
    mode = request.param
    mounts = mode in ("full", "readonly")
    if mounts and not can_mount():
        pytest.skip("a file system of its own cannot be mounted here")
    command = [sys.executable, "-m", "tests.helpers.faults_disk", mode, str(tmp_path_factory.mktemp(mode))]
    finished = subprocess.run(
        [*NAMESPACE, *command] if mounts else command, capture_output=True, text=True, timeout=300
    )
    assert finished.returncode == 0, finished.stderr
    return mode, json.loads(finished.stdout)


@pytest.mark.parametrize("command", COMMANDS)
def test_what_cannot_be_written_is_said_in_one_sentence(command: str, attacked: tuple[str, dict[str, Any]]) -> None:
    """The path, the reason, code 2; what was there before is there still, and nothing half-done beside it."""
    mode, found = attacked
    ended = found[command]
    last = ended["err"].splitlines()[-1]
    assert ended["code"] == 2, ended
    assert last.startswith("cmo-kit: ") and any(reason in last for reason in REASONS[mode]), last
    place = COMMANDS[command][-1]
    assert place in last, last
    assert ended["kept"]
    assert [name for name in ended["left"] if name != place] == []
    if command != "run":  # which says first what it is about to do
        assert ended["err"].count("\n") == 1


@pytest.mark.parametrize("command", ["solve", "gantt", "bound", "decode", "generate"])
def test_the_place_is_tried_before_the_work(command: str, attacked: tuple[str, dict[str, Any]]) -> None:
    """Nobody waits for a result that cannot be kept: nothing has been found, so nothing is printed."""
    assert attacked[1][command]["out"] == ""


def test_a_disk_that_fills_up_meanwhile_costs_the_file_and_not_the_words(attacked: tuple[str, dict[str, Any]]) -> None:
    mode, found = attacked
    if mode == "full":
        assert found["long"]["code"] == 2
        assert "small-1, ga, seed 1: total tardiness " in found["long"]["out"]
        assert found["long"]["err"] == "cmo-kit: out.json: the file cannot be written (No space left on device)\n"


def test_a_link_is_followed_before_the_work(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "out.json").symlink_to(tmp_path / "gone" / "out.json")
    assert main(["solve", "tiny-ties", "--method", "expert", "--out", str(tmp_path / "out.json")]) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and "its folder must exist and be writable" in captured.err
    (tmp_path / "gone").mkdir()
    assert main(["solve", "tiny-ties", "--method", "expert", "--out", str(tmp_path / "out.json")]) == 0
    assert (tmp_path / "out.json").is_symlink()
    assert (tmp_path / "gone" / "out.json").is_file()
