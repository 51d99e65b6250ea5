"""Other people's libraries, each in a program of its own (tests/differential/peer_*.py) under the environment that
scripts/setup.d/peers makes: their numpy and pandas are not those of the tests."""

import json
import subprocess

from paths import CACHE, ROOT

PYTHON = CACHE / "peers" / "bin" / "python"


def missing():
    """What keeps the peers from running here, or None."""
    return None if PYTHON.exists() else "no environment of the peers (scripts/setup --tests)"


def ask(peer, question, seconds=900):
    """What a peer answers to a question, both of them JSON with NaN and infinities."""
    program = ROOT / "tests" / "differential" / f"peer_{peer}.py"
    done = subprocess.run(
        [PYTHON, "-W", "ignore", program], input=json.dumps(question), capture_output=True, text=True, timeout=seconds, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout.splitlines()[-1])
