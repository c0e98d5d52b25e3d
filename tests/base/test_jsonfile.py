"""JSON files: written whole or not at all, through links, and only where a file can be."""

from pathlib import Path

import pytest

from cmo_kit import InputError
from cmo_kit.base.jsonfile import read_json, write_json


def test_a_failed_write_keeps_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    write_json(path, {"old": 1})
    with pytest.raises(ValueError, match="Out of range"):
        write_json(path, {"new": float("nan")})
    assert read_json(path) == {"old": 1}
    assert [entry.name for entry in path.parent.iterdir()] == ["file.json"]


def test_writing_follows_links_and_refuses_what_is_no_file(tmp_path: Path) -> None:
    target, link = tmp_path / "target.json", tmp_path / "link.json"
    link.symlink_to(target)
    write_json(link, [1])
    assert link.is_symlink()
    assert read_json(target) == [1]
    for path in (tmp_path, "/dev/null", tmp_path / "absent" / "file.json"):
        with pytest.raises(InputError, match="cannot be written"):
            write_json(path, [1])
