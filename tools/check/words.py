"""Plain words (docs/style.md): headers begin with a comment, sentences are plain, words are few.

One line a breach, with what to do; exit code 1 if there are any.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections import defaultdict

from cplusplus import Piece, paragraphs, read_source, without_code
from source_rules import ROOT, files_of_tree, is_test, read_rooms, room_of

STYLE = "docs/style.md"
FIRST_COMMENT_BEFORE = 12
PUNCTUATED_MAX = 0.15
SENTENCES_MIN = 20  # fewer sentences have no meaningful share
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9\"'(])")
PUNCTUATION = re.compile(r"[:;](?=\s|$)")


def read_words(page: str) -> list[tuple[re.Pattern[str], str]]:
    """The rows of the table `words | write instead`, as a pattern and an advice."""
    table = page.partition("| words | write instead |\n")[2]
    found = []
    for line in table.splitlines()[1:]:
        if not line.startswith("|"):
            break
        words, instead = (cell.strip() for cell in line.strip("|").split("|"))
        forms = "|".join(
            r"\s+".join(map(re.escape, form.split())) for form in re.split(r",\s*", words)
        )
        found.append((re.compile(rf"(?<![\w-])(?:{forms})(?![\w-])", re.I), instead))
    return found


def check_first_comment(path: str, text: str) -> list[str]:
    """A header begins with what the thing is."""
    first = next(iter(paragraphs(read_source(text).comments)), None)
    if first is not None and first.line < FIRST_COMMENT_BEFORE:
        return []
    where = f"line {first.line}" if first else "missing"
    return [
        f"{path}: the first comment is {where}, it must stand before line {FIRST_COMMENT_BEFORE}: "
        "write what the thing is above the includes"
    ]


def sentences(text: str) -> list[str]:
    """The sentences of a paragraph."""
    return [part for part in SENTENCE_END.split(without_code(text).strip()) if part]


def is_punctuated(sentence: str) -> bool:
    """Whether a colon or semicolon joins two thoughts. One that ends a paragraph opens a list."""
    return PUNCTUATION.search(sentence.rstrip().removesuffix(":")) is not None


def check_punctuation(room: str, texts: list[str]) -> list[str]:
    """The share of sentences with a colon or semicolon, over the paragraphs of a room."""
    every = [sentence for text in texts for sentence in sentences(text)]
    punctuated = sum(map(is_punctuated, every))
    if len(every) < SENTENCES_MIN or punctuated < PUNCTUATED_MAX * len(every):
        return []
    return [
        f"{room}: {punctuated} of {len(every)} comment sentences ({punctuated / len(every):.0%}) "
        f"have a colon or semicolon, under {PUNCTUATED_MAX:.0%} may: write two sentences or a list "
        f"(`python3 tools/check/words.py {room}` lists them)"
    ]


def check_words(
    path: str, pieces: list[Piece], words: list[tuple[re.Pattern[str], str]]
) -> list[str]:
    """Words of the list do not occur."""
    found = []
    for piece in pieces:
        text = without_code(piece.text)
        for pattern, instead in words:
            for hit in pattern.finditer(text):
                line = piece.line + text.count("\n", 0, hit.start())
                word = " ".join(hit[0].split())
                found.append(f"{path}:{line}: '{word}' is not plain; write: {instead} ({STYLE})")
    return found


def python_texts(text: str) -> list[Piece]:
    """Comments and docstrings of a Python file."""
    found = [
        Piece(token.start[0], token.string)
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT
    ]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                found.append(Piece(first.lineno, str(first.value.value)))
    return found


def hash_comments(text: str) -> list[Piece]:
    """Comments of shell, CMake and YAML."""
    return [
        Piece(number, hit[0])
        for number, line in enumerate(text.splitlines(), start=1)
        if (hit := re.search(r"(?:^|\s)#(?!!).*$", line))
    ]


def texts_of(path: str, text: str) -> list[Piece]:
    """What a person reads of a file: comments, the messages of the program, documents."""
    if path == STYLE or path.startswith(("tests/golden/", "tests/testdata/", "tests/fuzz/corpus/")):
        return []
    if path.endswith((".cc", ".h")):
        source = read_source(text)
        messages = [] if is_test(path) else source.strings
        return paragraphs(source.comments) + messages
    if path.endswith(".py"):
        return python_texts(text)
    if path.endswith((".sh", ".cmake", "CMakeLists.txt", ".yml", ".yaml", ".test")):
        return hash_comments(text)
    return [Piece(1, text)] if path.endswith(".md") else []


def main() -> int:
    """Checks the tree. With names of rooms as arguments: lists their punctuated sentences."""
    rooms = read_rooms()
    words = read_words((ROOT / STYLE).read_text())
    breaches: list[str] = []
    of_room: dict[str, list[tuple[str, Piece]]] = defaultdict(list)
    for path in files_of_tree():
        if not path.endswith((".cc", ".h", ".py", ".sh", ".cmake", ".txt", ".yml", ".md", ".test")):
            continue
        text = (ROOT / path).read_text()
        breaches += check_words(path, texts_of(path, text), words)
        if path.endswith(".h") and path.startswith("src/"):
            breaches += check_first_comment(path, text)
        room = room_of(path, rooms)
        if room is not None and path.endswith((".cc", ".h")):
            of_room[room.name] += [(path, p) for p in paragraphs(read_source(text).comments)]
    if len(sys.argv) > 1:
        for name in sys.argv[1:]:
            for path, piece in of_room[name]:
                for sentence in filter(is_punctuated, sentences(piece.text)):
                    print(f"{path}:{piece.line}: {' '.join(sentence.split())}")
        return 0
    for name, pieces in of_room.items():
        breaches += check_punctuation(name, [piece.text for _, piece in pieces])
    print("\n".join(breaches), end="\n" if breaches else "")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
