"""The program and the unit as they are installed: hardened by the compiler, confined by systemd."""

import json
import re
import shutil
import subprocess

import pytest
from conftest import need
from paths import ROOT

UNIT = ROOT / "scripts" / "driftd.service"
LIMIT = 1.5  # of systemd's exposure, from 0 to 10; this is "OK"


@pytest.fixture
def analyze():
    need(None if shutil.which("systemd-analyze") else "no systemd-analyze (scripts/setup --tests installs it)")

    def run(*arguments):
        return subprocess.run(["systemd-analyze", *map(str, arguments)], capture_output=True, text=True, check=False)

    return run


def test_the_unit_exposes_little(analyze):
    done = analyze("security", "--offline=yes", f"--threshold={round(LIMIT * 10)}", UNIT)
    level = re.search(r"exposure level for driftd.service: ([0-9.]+)", done.stdout)
    assert level, done.stdout + done.stderr
    assert done.returncode == 0 and float(level[1]) <= LIMIT, level[0]


def test_the_unit_holds_no_fault(analyze, program, tmp_path):
    unit = tmp_path / "driftd.service"
    unit.write_text(UNIT.read_text().replace("/usr/local/bin/driftd", str(program)))
    done = analyze("verify", "--man=no", unit)
    complaints = [line for line in done.stderr.splitlines() if "driftd.service" in line]
    assert done.returncode == 0 and complaints == [], done.stderr


def test_the_watchdog_and_the_stop_are_longer_than_what_the_program_needs():
    settings = dict(line.split("=", 1) for line in UNIT.read_text().splitlines() if re.match(r"[A-Z]\w+=", line))
    defaults = (ROOT / "docs" / "configuration.md").read_text()
    stop = int(re.search(r"`service.stop_within` \| [^|]*\| `(\d+)s`", defaults)[1])
    assert stop < int(settings["TimeoutStopSec"]) and int(settings["WatchdogSec"]) >= 60
    assert settings["Type"] == "notify" and settings["DynamicUser"] == "yes"


def elf(program, *options):
    done = subprocess.run(["readelf", "-W", *options, str(program)], capture_output=True, text=True, check=True)
    return done.stdout


def test_the_program_is_position_independent_and_its_tables_are_read_only(program):
    need(None if shutil.which("readelf") else "no readelf")
    assert re.search(r"Type:\s+DYN", elf(program, "-h")), "no PIE"
    segments = elf(program, "-l")
    assert "GNU_RELRO" in segments, "no RELRO"
    stack = re.search(r"GNU_STACK\s+(?:0x\w+\s+){5}(\w+)", segments)
    assert stack and "E" not in stack[1], "the stack may be executed"
    dynamic = elf(program, "-d")
    assert "BIND_NOW" in dynamic or re.search(r"FLAGS_1.*\bNOW\b", dynamic), "symbols are bound lazily: RELRO is half"
    assert "TEXTREL" not in dynamic and "RPATH" not in dynamic and "RUNPATH" not in dynamic


def test_the_stack_is_guarded_and_library_calls_are_checked(program):
    need(None if shutil.which("readelf") else "no readelf")
    symbols = elf(program, "--dyn-syms")
    assert "__stack_chk_fail" in symbols, "no stack protector"
    assert re.search(r"__(mem|str|sn?printf|vsn?printf|f?printf|fdelt|read|recv)\w*_chk\b", symbols), "no _FORTIFY_SOURCE"


def test_every_source_is_compiled_with_what_hardens_it(program):
    commands = program.parent / "compile_commands.json"
    need(None if commands.is_file() else "no record of how the program was compiled")
    for entry in json.loads(commands.read_text()):
        for option in ("-fstack-protector-strong", "-fstack-clash-protection", "-D_FORTIFY_SOURCE=3", "-fPIE"):
            assert option in entry["command"], f"{entry['file']} without {option}"
