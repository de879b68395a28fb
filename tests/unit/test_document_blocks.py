"""How documents are read: blocks, commands, files, links."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.documents import Block, Command, Document

if TYPE_CHECKING:
    from pathlib import Path

PAGE = """\
# A `page`: it's one

See [that](other.md#an-anchor), [a link
in two lines](https://example.com).

    kubectl replay \\
      list                # ends 20

    # a comment alone
    make demo

<!-- not run: needs Docker -->

```sh
X=1 kubectl replay a b > file | cat; make -s c
```

<!-- file: a/b.yaml -->

```yaml
[not](a-link.md)
```

```
shown
```
- a list

  goes on, indented by two
"""


@pytest.fixture
def document(tmp_path: Path) -> Document:
    (tmp_path / "page.md").write_text(PAGE, "utf-8")
    return Document(tmp_path / "page.md")


def test_blocks_are_commands_files_or_shown(document: Document) -> None:
    assert document.blocks == [
        Block(
            "commands",
            6,
            "kubectl replay \\\n  list                # ends 20\n\n# a comment alone\nmake demo\n",
        ),
        Block(
            "commands",
            15,
            "X=1 kubectl replay a b > file | cat; make -s c\n",
            not_run="needs Docker",
        ),
        Block("file", 21, "[not](a-link.md)\n", path="a/b.yaml"),
        Block("shown", 25, "shown\n"),
    ]


def test_commands_are_joined_and_comments_alone_are_none(document: Document) -> None:
    assert document.commands == [
        Command(6, "kubectl replay   list                # ends 20", 20, ""),
        Command(10, "make demo", None, ""),
        Command(15, "X=1 kubectl replay a b > file | cat; make -s c", None, "needs Docker"),
    ]


def test_calls_have_neither_variables_nor_redirections_nor_comments(document: Document) -> None:
    assert [command.calls for command in document.commands] == [
        [["kubectl", "replay", "list"]],
        [["make", "demo"]],
        [["kubectl", "replay", "a", "b"], ["cat"], ["make", "-s", "c"]],
    ]


def test_a_redirection_writes_a_file(document: Document) -> None:
    assert [command.writes for command in document.commands] == [[], [], ["file"]]


def test_links_are_those_of_the_prose_alone(document: Document) -> None:
    assert document.links == ["other.md#an-anchor", "https://example.com"]


def test_headings_have_the_anchors_that_github_gives_them(document: Document) -> None:
    assert document.anchors == {"a-page-its-one"}


def test_files_are_given_by_path(document: Document) -> None:
    assert document.files == {"a/b.yaml": "[not](a-link.md)\n"}
