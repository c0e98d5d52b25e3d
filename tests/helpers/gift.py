"""A strict reader of the part of Moodle's GIFT format that the question bank uses; it refuses all else."""

import re
from dataclasses import dataclass, field

BLOCK = re.compile(r"::((?:\\.|[^:\\])+)::\[markdown\]((?:\\.|[^{}\\])+?) \{(#?)\n((?:[^\n]+\n)+)\}")
NUMBER = re.compile(r"=(%0%)?(-?\d+(?:\.\d+)?):(\d+\.\d+)(?:#((?:\\.|[^~=#{}:\\])+))?")
CHOICE = re.compile(r"([=~])((?:\\.|[^~=#{}:\\])+)(?:#((?:\\.|[^~=#{}:\\])+))?")


@dataclass
class Read:
    """A question as Moodle would import it: the text, the right answers, and wrong ones with their feedback."""

    category: str
    name: str
    text: str
    kind: str
    right: list[str] = field(default_factory=list)
    wrong: dict[str, str] = field(default_factory=dict)


def plain(text: str) -> str:
    return re.sub(r"\\([~=#{}:\\])", r"\1", text)


def read_gift(text: str) -> list[Read]:
    category, found = "", []
    for block in text.rstrip("\n").split("\n\n"):
        if block.startswith("$CATEGORY: "):
            category = block.removeprefix("$CATEGORY: ")
            continue
        match = BLOCK.fullmatch(block)
        assert match, block
        question = Read(category, plain(match[1]), plain(match[2]), "number" if match[3] else "choice")
        for line in match[4].splitlines():
            answer = (NUMBER if match[3] else CHOICE).fullmatch(line)
            assert answer, line
            value, why, wrong = (
                (answer[2], answer[4], answer[1]) if match[3] else (answer[2], answer[3], answer[1] == "~")
            )
            if wrong:
                assert why, line
                question.wrong[plain(value)] = plain(why)
            else:
                question.right.append(plain(value))
        found.append(question)
    return found
