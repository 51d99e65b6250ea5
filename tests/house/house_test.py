"""The watchman is watched: each rule of house.py finds the fault planted for it, and nothing else."""

import tempfile
import unittest
from pathlib import Path

import house


def found_in(**files):
    """The faults of a house that holds these files (room__file names room/file)."""
    with tempfile.TemporaryDirectory() as root:
        for name, text in files.items():
            stem, suffix = name.rsplit("_", 1)
            path = Path(root) / f"{stem.replace('__', '/')}.{suffix}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return list(house.faults(root))


class House(unittest.TestCase):
    def assert_refused(self, word, **files):
        faults = found_in(**files)
        self.assertEqual(len(faults), 1, faults)
        self.assertIn(word, faults[0])

    def assert_clean(self, **files):
        self.assertEqual(found_in(**files), [])

    def test_a_sideways_include_is_refused(self):
        for here, there in (("collector", "detectors"), ("alerts", "storage"), ("core", "alerts"), ("storage", "app")):
            self.assert_refused("sideways", **{f"{here}__a_cc": f'#include "{there}/b.h"\n'})

    def test_the_star_is_allowed(self):
        self.assert_clean(collector__a_cc='#include "core/b.h"\n#include "collector/c.h"\n')
        self.assert_clean(app__a_cc='#include "core/b.h"\n#include "storage/c.h"\n')

    def test_an_include_without_a_room_is_refused(self):
        self.assert_refused("does not begin with a room", core__a_cc='#include "b.h"\n')

    def test_a_library_outside_its_place_is_refused(self):
        self.assert_refused("is for storage/* only", collector__a_cc="#include <rocksdb/db.h>\n")
        self.assert_refused("is for *.cc only", core__a_h="#pragma once\n#include <nlohmann/json.hpp>\n")
        self.assert_clean(storage__a_cc="#include <rocksdb/db.h>\n")
        self.assert_clean(detectors__maths__a_cc="#include <gsl/gsl_cdf.h>\n#include <vector>\n")

    def test_an_unknown_library_is_refused(self):
        self.assert_refused("no library", core__a_cc="#include <fancy/thing.h>\n")

    def test_the_system_is_no_library(self):
        self.assert_clean(core__a_cc="#include <sys/stat.h>\n#include <unistd.h>\n#include <cmath>\n")

    def test_a_long_file_is_refused(self):
        rest = {f"core__a{i}_cc": "\n" for i in range(40)}
        self.assert_refused("501 lines", core__a_cc="\n" * 501, **rest)

    def test_a_long_function_is_refused(self):
        body = "  call();\n" * 79
        rest = {f"core__a{i}_cc": "void f() {\n}\n" for i in range(40)}
        self.assert_refused("Foo::bar has 81 lines", core__a_cc=f"namespace x {{\nint Foo::bar(int a) {{\n{body}}}\n}}\n", **rest)

    def test_braces_in_comments_and_literals_do_not_count(self):
        text = "void f() {\n  // {\n  g(\"{\", '{', R\"({)\", 1'000);\n}\nvoid g() {\n}\n"
        self.assertEqual([(s, n, name) for s, n, name in house.functions(text)], [(1, 4, "f"), (5, 2, "g")])

    def test_a_table_of_data_in_a_function_does_not_count(self):
        text = "int f() {\n  static const T kTable = {\n" + "    {1, g(2)},\n" * 90 + "  };\n  return 1;\n}\n"
        self.assertEqual([n for _, n, _ in house.functions(text)], [4])

    def test_the_usual_file_must_be_short(self):
        self.assert_refused("1 of 20 files", core__a_cc="\n" * 400)

    def test_unfinished_work_is_refused(self):
        self.assert_refused("unfinished", core__a_cc="// TO" "DO: later\n")

    def test_a_header_needs_its_guard(self):
        self.assert_refused("#pragma once", core__a_h="int f();\n")


if __name__ == "__main__":
    unittest.main()
