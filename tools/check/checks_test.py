"""Tests of the checks: what each refuses, and what it leaves alone."""

from __future__ import annotations

import unittest

import architecture
import names
import source_rules
import words
from cplusplus import Piece, paragraphs, read_source
from source_rules import Room

TABLE = """
| words | write instead |
|---|---|
| void | is discarded |
| for ever, taking leave | permanently |

| other | table |
"""


def room(name: str, floor: str, step: int, includes: str = "") -> Room:
    """A room that includes what its row allows."""
    row = Room(name, floor, step, f"src/{floor}/{name}", set(includes.split()), set())
    row.used = set(row.includes)
    return row


class ReadingCplusplus(unittest.TestCase):
    """cplusplus.py"""

    def test_a_quote_as_a_character_opens_no_string(self) -> None:
        source = read_source("if (c == '\"') throw 1;  // why\nchar d = '\\'';")
        self.assertIn("throw", source.code)
        self.assertEqual([c.text for c in source.comments], ["// why"])
        self.assertEqual(source.strings, [])

    def test_a_separator_of_digits_opens_no_character(self) -> None:
        source = read_source("int a = 1'000'000; // it's so\nint b = 0xff'ff;")
        self.assertIn("int b = 0xff'ff;", source.code)

    def test_raw_strings_hold_quotes_and_slashes(self) -> None:
        source = read_source('auto a = R"x(say "no" // never)x"; int b;')
        self.assertEqual(source.code, 'auto a = ""; int b;')
        self.assertEqual(source.comments, [])

    def test_a_slash_in_a_string_opens_no_comment(self) -> None:
        self.assertEqual(read_source('f("http://a"); g();').code, 'f(""); g();')

    def test_an_include_is_no_message(self) -> None:
        self.assertEqual(read_source('#include "edge/net/door.h"\n').strings, [])

    def test_lines_stay_where_they_are(self) -> None:
        source = read_source("/* a\n b */ int a;\n// c\n")
        self.assertEqual(source.code.count("\n"), 3)
        self.assertEqual([c.line for c in source.comments], [1, 3])

    def test_line_comments_that_follow_are_one_paragraph(self) -> None:
        found = paragraphs(read_source("// One\n// fact.\n\nint a;  // Two.\n").comments)
        self.assertEqual([p.text for p in found], ["One\nfact.", "Two."])

    def test_examples_lists_and_notes_to_tools_are_no_sentences(self) -> None:
        text = "// Kinds:\n// - a: b\n//   int c; d;\n// NOLINTNEXTLINE: e\n"
        found = paragraphs(read_source(text).comments)
        self.assertEqual([p.text for p in found], ["Kinds:", "- a: b"])


class PlainWords(unittest.TestCase):
    """words.py"""

    rows = words.read_words(TABLE)

    def find(self, text: str) -> list[str]:
        return words.check_words("a.h", [Piece(3, text)], self.rows)

    def test_the_table_of_the_style_page_is_read(self) -> None:
        page = (source_rules.ROOT / words.STYLE).read_text()
        self.assertGreater(len(words.read_words(page)), 10)
        self.assertEqual(len(self.rows), 2)

    def test_a_word_of_the_list_is_found_in_any_case_with_its_line(self) -> None:
        found = self.find("One.\nInto the Void.")
        self.assertEqual(len(found), 1)
        self.assertIn("a.h:4: 'Void' is not plain; write: is discarded", found[0])

    def test_words_that_are_broken_over_lines_are_found(self) -> None:
        self.assertIn("'for ever'", self.find("kept for\never")[0])

    def test_parts_of_words_and_code_are_left_alone(self) -> None:
        self.assertEqual(self.find("avoid `void` and void-like"), [])

    def test_messages_of_the_program_are_read_and_those_of_tests_are_not(self) -> None:
        text = 'Fail("into the void");'
        self.assertEqual(len(words.texts_of("src/a/b.cc", text)), 1)
        self.assertEqual(words.texts_of("src/a/b_test.cc", text), [])

    def test_the_style_page_may_name_the_words(self) -> None:
        self.assertEqual(words.texts_of(words.STYLE, "void"), [])

    def test_comments_and_docstrings_of_scripts_are_read(self) -> None:
        text = '"""One."""\nx = "two"  # three\n'
        self.assertEqual([p.text for p in words.texts_of("a.py", text)], ["# three", "One."])
        self.assertEqual([p.line for p in words.texts_of("a.sh", "#!/bin/sh\na  # b\n")], [2])

    def test_a_header_begins_with_a_comment(self) -> None:
        include = "#include <a>\n"
        self.assertEqual(words.check_first_comment("a.h", include * 10 + "// A thing.\n"), [])
        self.assertIn("line 12", words.check_first_comment("a.h", include * 11 + "// Late.\n")[0])
        self.assertIn("missing", words.check_first_comment("a.h", include)[0])

    def test_a_room_may_have_few_sentences_with_a_colon(self) -> None:
        plain, punctuated = "Returns a row.", "False: there is none; then ask."
        few = [plain] * 18 + [punctuated] * 2
        many = [plain] * 16 + [punctuated] * 4
        self.assertEqual(words.check_punctuation("base", few), [])
        self.assertIn("4 of 20", words.check_punctuation("base", many)[0])

    def test_colons_of_names_addresses_and_lists_do_not_count(self) -> None:
        for sentence in ("Calls a::b at http://c:80.", "Is one of three kinds:", "See `a: b`."):
            self.assertFalse(any(map(words.is_punctuated, words.sentences(sentence))), sentence)
        self.assertEqual(len(words.sentences("One fact. Two facts? The end.")), 3)


class NamesOfThings(unittest.TestCase):
    """names.py"""

    def test_two_headers_of_one_name_are_found(self) -> None:
        found = names.check_headers_differ(["src/a/log.h", "src/b/log.h", "src/b/log.cc"])
        self.assertEqual(len(found), 1)
        self.assertIn("src/a/log.h src/b/log.h", found[0])

    def test_two_types_of_one_name_are_found(self) -> None:
        sources = {
            "src/a/a.h": "namespace m::a { class Log final : public Base { int x; }; }",
            "src/b/b.h": "namespace m::b {\ntemplate <class T>\nstruct Log {\n};\n}",
        }
        self.assertIn("Log: 2 types", names.check_types_differ(sources)[0])

    def test_declarations_nested_types_and_functions_are_no_types_of_their_own(self) -> None:
        code = (
            "namespace m { class A; enum class B : int; struct C { struct A {}; enum class B { k };"
            " }; struct C::D { int e; }; inline void F() { struct A {}; } template <typename T> T G"
            "(class A* a) { return {}; } }"
        )
        self.assertEqual(names.types_of(code), [("C", False)])

    def test_a_local_type_may_not_borrow_a_name_from_a_header(self) -> None:
        sources = {
            "src/a/a.cc": "namespace m::a { namespace { struct Row {}; } }",
            "src/b/b.cc": "namespace m::b { namespace { struct Row {}; } }",
        }
        self.assertEqual(names.check_types_differ(sources), [])
        sources["src/c/c.h"] = "namespace m::c { struct Row {}; }"
        self.assertIn("Row: 3 types", names.check_types_differ(sources)[0])

    def test_attributes_and_enumerations_are_read(self) -> None:
        code = "namespace m { class [[nodiscard]] A {}; enum class B : unsigned char { kC }; }"
        self.assertEqual(names.types_of(code), [("A", False), ("B", False)])

    def test_a_table_of_moves_has_a_test_that_walks_it(self) -> None:
        sources = {"src/a/life.h": "inline constexpr auto kLifeMoves = std::to_array<Step>();"}
        self.assertIn("kLifeMoves", names.check_states_are_tested(sources)[0])
        sources["src/a/life_test.cc"] = "base::MayMove(kLifeMoves, from, to)"
        self.assertEqual(names.check_states_are_tested(sources), [])


class DrawnRooms(unittest.TestCase):
    """architecture.py"""

    true = architecture.true_rooms([room("base", "foundation", 1), room("net", "edge", 1)])

    def test_the_same_rows_in_any_order_are_right(self) -> None:
        page = (
            "| floor.step | room | folder | what |\n|---|---|---|---|\n"
            "| edge.1 | `net` | `src/edge/net/` | sockets |\n"
            "| foundation.1 | base | src/foundation/base | results |\n"
        )
        self.assertEqual(architecture.check_drawing(architecture.drawn_rooms(page), self.true), [])

    def test_a_row_that_lacks_is_wrong_or_stands_twice_is_found(self) -> None:
        page = "| edge.2 | net | src/edge/net |\n" * 2
        found = architecture.check_drawing(architecture.drawn_rooms(page), self.true)
        self.assertEqual(sum("lacks the row" in line for line in found), 2)
        self.assertTrue(any("not in cmake/rooms.txt" in line for line in found))
        self.assertTrue(any("drawn twice" in line for line in found))

    def test_a_page_without_a_table_is_told_how_to_get_one(self) -> None:
        self.assertIn("--print", architecture.check_drawing([], self.true)[0])


class RulesOfRooms(unittest.TestCase):
    """source_rules.py"""

    def test_an_arrow_points_down(self) -> None:
        rooms = [room("base", "foundation", 1, "net"), room("net", "edge", 1)]
        self.assertIn("'net' is not on a lower step", source_rules.check_rooms(rooms)[0])

    def test_rooms_of_one_step_do_not_include_one_another(self) -> None:
        rooms = [room("net", "edge", 1), room("api", "edge", 1, "net")]
        self.assertIn("'net' is not on a lower step", source_rules.check_rooms(rooms)[0])

    def test_a_row_allows_no_more_than_is_used(self) -> None:
        rooms = [room("base", "foundation", 1), room("net", "edge", 1, "base")]
        self.assertEqual(source_rules.check_rooms(rooms), [])
        rooms[1].used = set()
        self.assertIn("allows 'base' and does not use it", source_rules.check_rooms(rooms)[0])

    def test_a_room_has_a_bound(self) -> None:
        large = room("base", "foundation", 1)
        large.files = source_rules.ROOM_FILES_MAX + 1
        large.lines = source_rules.ROOM_LINES_MAX + 1
        self.assertEqual(len(source_rules.check_rooms([large])), 2)

    def test_an_include_goes_to_an_allowed_room(self) -> None:
        rooms = [room("base", "foundation", 1), room("net", "edge", 1)]
        text = '#include "foundation/base/result.h"\n'
        found = source_rules.check_layers("src/edge/net/a.cc", text, rooms)
        self.assertIn("room 'net' may not include 'base'", found[0])
        self.assertEqual(source_rules.check_layers("src/foundation/base/a.cc", text, rooms), [])

    def test_a_danger_behind_a_quoted_quote_is_seen(self) -> None:
        code = read_source('if (c == \'"\') { throw 1; } f("");').code
        table = [["throw", r"\bthrow\b", ""]]
        self.assertEqual(len(source_rules.check_dangers("src/a.cc", code, table)), 1)


if __name__ == "__main__":
    unittest.main()
