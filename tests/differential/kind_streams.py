"""Random streams and parameters for the kinds of order-dependent detectors, and what compares two
implementations over them: the index of every drift and of every warning that begins.
"""

import json
import math

import driftd_process

NONE, WARNING, DRIFT = "none", "warning", "drift"


def numbers(rng):
    """A few stretches of one family with levels that may or may not differ."""
    family = rng.choice(["bernoulli", "normal", "uniform", "poisson", "rounded", "constant", "wild", "huge", "tiny"])
    values = []
    for _ in range(rng.integers(1, 6)):
        length = int(rng.integers(1, 1500))
        level = rng.uniform(0.05, 0.95)
        match family:
            case "bernoulli":
                values.extend((rng.random(length) < level).astype(float))
            case "normal":
                values.extend(rng.normal(level * 4, rng.uniform(0.1, 2), length))
            case "uniform":
                values.extend(rng.uniform(0, level, length))
            case "poisson":
                values.extend(rng.poisson(level * 10, length).astype(float))
            case "rounded":
                values.extend(rng.normal(level * 4, 1, length).round(1))
            case "constant":
                values.extend([round(level, 1)] * length)
            case "wild":
                values.extend(rng.standard_t(1.5, length) * 10.0 ** rng.integers(-6, 7))
            case "huge":
                values.extend(rng.choice([-1e300, 0.0, 1e300], length))
            case "tiny":
                values.extend(rng.choice([0.0, 1e-300, 5e-324], length) * rng.integers(0, 2))
    return shortened(rng, values)


def unit_interval(rng):
    if rng.random() < 0.5:
        return bits(rng)
    values = []
    for _ in range(rng.integers(1, 6)):
        a, b = rng.uniform(0.5, 5, 2)
        stretch = rng.beta(a, b, int(rng.integers(1, 1500)))
        values.extend(stretch.round(1) if rng.random() < 0.3 else stretch)
    return shortened(rng, values)


def bits(rng, least=0.0, most=1.0):
    values = []
    for _ in range(rng.integers(1, 7)):
        length = int(rng.integers(1, 2500))
        level = rng.choice([0.0, 0.01, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1.0])
        values.extend((rng.random(length) < min(max(level, least), most)).astype(float))
    return shortened(rng, values)


def shortened(rng, values):
    """One stream of five is a short one."""
    return [float(v) for v in (values[: rng.integers(1, 60)] if rng.random() < 0.2 else values)]


def with_holes(rng, values):
    """Not-a-number and infinities put in between, and where the values went."""
    holed, places = [], []
    for value in values:
        while rng.random() < 0.02:
            holed.append(float(rng.choice([math.nan, math.inf, -math.inf])))
        places.append(len(holed))
        holed.append(value)
    return holed, places


def events(signals):
    """[(index, state)] as `driftd detect` prints them: every drift, and a warning where it begins."""
    told, last = [], NONE
    for index, signal in enumerate(signals):
        if signal == DRIFT or (signal == WARNING and last != WARNING):
            told.append((index, signal))
        last = signal
    return told


def detect(kind, parameters, values):
    """What `driftd detect` says."""
    settings = [word for name, value in parameters.items() for word in ("--set", f"{name}={spelled(value)}")]
    done = driftd_process.driftd("detect", kind, *settings, "-", stdin="".join(f"{v!r}\n" for v in values))
    assert done.returncode == 0, done.stderr
    *reports, last = [json.loads(line) for line in done.stdout.splitlines()]
    told = [(report["index"], report["state"]) for report in reports]
    states = [state for _, state in told]
    assert last == {"values": len(values), "drifts": states.count(DRIFT), "warnings": states.count(WARNING)}
    return told


def spelled(value):
    return str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, str) else repr(value)


def compare(kind, parameters, values, theirs, ours=detect):
    """Fails with a case small enough to be a unit test. `theirs(values)` gives what the other one says."""
    expected = theirs(values)
    got = ours(kind, parameters, values)
    if got == expected:
        return expected
    small = shrunk(values, lambda part: ours(kind, parameters, part) != theirs(part))
    literal = ", ".join(repr(v) for v in small)
    raise AssertionError(
        f"{kind} {parameters}: over {len(small)} values {{{literal}}}\n"
        f"expected {theirs(small)}\ngot      {ours(kind, parameters, small)}"
    )


def shrunk(values, fails, tries=300):
    """Chunks are left out for as long as it still fails."""
    chunk = len(values) // 2
    while chunk > 0 and tries > 0:
        begin = 0
        while begin < len(values) and tries > 0:
            part = values[:begin] + values[begin + chunk :]
            tries -= 1
            if part and fails(part):
                values = part
            else:
                begin += chunk
        chunk //= 2
    return values
