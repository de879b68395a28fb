"""The user documents as data: their files to write, their commands to run, their links and headings.

An indented block, or one fenced as `sh`, holds commands; a comment before it says why it is not run, such as
`<!-- not run: needs Docker -->`. A fenced block after `<!-- file: PATH -->` is the content of that file.
After a command `# … ends 20` says with which exit code it ends.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

HOME: Final = Path(__file__).parent.parent

_NOTE: Final = re.compile(r"<!-- (not run|file): (\S.*\S) -->")
_ENDS: Final = re.compile(r"#.*\bends (\d+)\b")
_LINK: Final = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_OPERATOR: Final = re.compile(r"[|&;<>()]+")
_WRITTEN: Final = re.compile(r"> ([\w.-]+)")
_ASSIGNMENT: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")


@dataclass(frozen=True)
class Block:
    """A code block: commands, a file, or something to look at."""

    kind: Literal["commands", "file", "shown"]
    line: int
    text: str
    path: str = ""
    not_run: str = ""


@dataclass(frozen=True)
class Command:
    """A command of a block, continued lines joined; `ends` is the exit code that its comment states."""

    line: int
    text: str
    ends: int | None
    not_run: str

    @property
    def calls(self) -> list[list[str]]:
        """The words of each program it calls, without variables set for it and without redirections."""
        lexer = shlex.shlex(self.text, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        calls: list[list[str]] = [[]]
        words = iter(lexer)
        for word in words:
            if word in {">", "<", ">>"}:
                next(words)
            elif _OPERATOR.fullmatch(word):
                calls.append([])
            elif calls[-1] or not _ASSIGNMENT.match(word):
                calls[-1].append(word)
        return [call for call in calls if call]

    @property
    def writes(self) -> list[str]:
        """The files that its output goes to."""
        return _WRITTEN.findall(self.text)


@dataclass(frozen=True)
class Document:
    """A Markdown file of the project."""

    path: Path

    @property
    def name(self) -> str:
        """Its path in the project."""
        return str(self.path.relative_to(HOME))

    @property
    def text(self) -> str:
        """All of it."""
        return self.path.read_text("utf-8")

    @property
    def blocks(self) -> list[Block]:
        """Its code blocks, in order."""
        return list(_blocks(self.text.splitlines()))

    @property
    def prose(self) -> str:
        """What stands outside of code blocks."""
        coded = {
            number
            for block in self.blocks
            for number in range(block.line, block.line + len(block.text.splitlines()))
        }
        lines = enumerate(self.text.splitlines(), 1)
        return "\n".join("" if number in coded else line for number, line in lines)

    @property
    def commands(self) -> list[Command]:
        """The commands of all its blocks, in order."""
        return [command for block in self.blocks if block.kind == "commands" for command in _commands(block)]

    @property
    def files(self) -> dict[str, str]:
        """The files that it gives, by path."""
        return {block.path: block.text for block in self.blocks if block.kind == "file"}

    @property
    def links(self) -> list[str]:
        """The targets of its links."""
        return _LINK.findall(self.prose)

    @property
    def anchors(self) -> set[str]:
        """The names of its headings, as GitHub makes them."""
        return {_anchor(line) for line in self.prose.splitlines() if line.startswith("#")}


def documents() -> list[Document]:
    """Give every Markdown file that users and contributors read."""
    paths = [*HOME.glob("*.md"), *HOME.glob("docs/**/*.md"), *HOME.glob("scenarios/**/*.md")]
    return [Document(path) for path in sorted(paths)]


def _anchor(heading: str) -> str:
    words = re.sub(r"[^\w\- ]", "", heading.lstrip("#").strip().lower())
    return words.replace(" ", "-")


def _blocks(lines: list[str]) -> Iterator[Block]:
    number = 0
    while number < len(lines):
        opened, length = number, _length(lines, number)
        number += length
        if length > 1 or (length == 1 and lines[opened].startswith("    ")):
            yield _block(lines, opened, number)
        number += length == 0


def _length(lines: list[str], start: int) -> int:
    """Count the lines of the block that begins here, fences included; 0 where none does."""
    if lines[start].startswith("```"):
        return next(i for i in range(start + 1, len(lines)) if lines[i].startswith("```")) - start + 1
    if not lines[start].startswith("    ") or lines[start - 1].strip():
        return 0
    end = start
    while end < len(lines) and (lines[end].startswith("    ") or not lines[end].strip()):
        end += 1
    while not lines[end - 1].strip():
        end -= 1
    return end - start


def _block(lines: list[str], start: int, end: int) -> Block:
    before = next((line for line in reversed(lines[:start]) if line.strip()), "")
    note = _NOTE.fullmatch(before)
    about, value = (note[1], note[2]) if note else ("", "")
    fenced = lines[start].startswith("```")
    inside = lines[start + 1 : end - 1] if fenced else [line[4:] for line in lines[start:end]]
    text = "\n".join(inside) + "\n"
    kind: Literal["commands", "file", "shown"] = (
        "commands" if lines[start] == "```sh" or not fenced else "shown"
    )
    return Block(
        "file" if about == "file" else kind,
        start + 1 + fenced,
        text,
        path=value if about == "file" else "",
        not_run=value if about == "not run" else "",
    )


def _commands(block: Block) -> Iterator[Command]:
    text, begun = "", block.line
    for number, line in enumerate(block.text.splitlines(), block.line):
        begun = begun if text else number
        text += line
        if text.endswith("\\"):
            text = text[:-1]
        elif text.strip() and not text.lstrip().startswith("#"):
            ends = _ENDS.search(text)
            yield Command(begun, text.strip(), int(ends[1]) if ends else None, block.not_run)
            text = ""
        else:
            text = ""
