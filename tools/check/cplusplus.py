"""Divides C++ into code, comments and literals, well enough for rules that read source.

Knows line and block comments, strings, raw strings, character literals and digit separators.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

TOKEN = re.compile(
    r"""
      (?P<comment>//[^\n]*|/\*.*?\*/)
    | (?P<raw>(?:u8|[uUL])?R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)")
    | (?P<include>^[ \t]*\#[ \t]*include[^\n]*)
    | (?P<string>"(?:\\.|[^"\\\n])*")
    | (?P<number>\b[0-9](?:'?[0-9A-Za-z_.])*)
    | (?P<word>[A-Za-z_]\w*)
    | (?P<character>'(?:\\.[^'\n]*|[^'\\\n])')
    """,
    re.S | re.M | re.X,
)


@dataclass
class Piece:
    """A comment or a literal, and the line it begins on."""

    line: int
    text: str


@dataclass
class Source:
    """One file. `code` has each comment and literal replaced by `""`, line breaks kept."""

    code: str = ""
    comments: list[Piece] = field(default_factory=list)
    strings: list[Piece] = field(default_factory=list)


def read_source(text: str) -> Source:
    """Divides `text`."""
    source = Source()
    code: list[str] = []
    end = 0
    for found in TOKEN.finditer(text):
        kind = found.lastgroup if found.lastgroup != "mark" else "raw"
        if kind not in ("comment", "raw", "string", "character"):
            continue
        line = text.count("\n", 0, found.start()) + 1
        code += [text[end : found.start()], '""', "\n" * found[0].count("\n")]
        end = found.end()
        if kind == "comment":
            source.comments.append(Piece(line, found[0]))
        elif kind != "character":
            source.strings.append(Piece(line, found[0]))
    source.code = "".join([*code, text[end:]])
    return source


def paragraphs(comments: list[Piece]) -> list[Piece]:
    """Comments without their marks; line comments on lines that follow one another are one.

    Lines that are set in by three blanks are examples and tables, not sentences, and an empty
    comment line or a list item begins a new paragraph. Notes to tools are left out.
    """
    found: list[Piece] = []
    last = -1
    for comment in comments:
        if comment.text.startswith("/*"):
            found.append(Piece(comment.line, comment.text[2:-2]))
            continue
        body = comment.text.removeprefix("//")
        follows, last = comment.line == last + 1, comment.line
        if re.match(r"\s*(NOLINT|clang-format|IWYU|namespace|/\*)", body):
            continue
        if body.startswith("   ") or not body.strip():
            last = -1
        elif follows and found and not re.match(r"\s(-|\d\.) ", body):
            found[-1].text += "\n" + body.strip()
        else:
            found.append(Piece(comment.line, body.strip()))
    return found


CODE_SPAN = re.compile(r"`[^`\n]*`")


def without_code(text: str) -> str:
    """`text` without its code spans."""
    return CODE_SPAN.sub("code", text)
