"""Webhook receivers that hang, reset, lie and flood: one driftd has all of them and one that is healthy. What they do is
told by its reason, tried again or given up as the documentation says, and concerns neither its memory nor anybody else."""

import contextlib
import datetime
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import SECRET
from driftd_process import Driftd
from process import wait_until
from raw_receiver import RawReceiver
from small_stream import SmallStream, configuration
from webhook_receiver import WebhookReceiver

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
GIGABYTE = 1 << 30
MOST_MEMORY = 48 << 20  # by which driftd may grow over all of them together


def answers(data, then="close"):
    def behave(connection):
        connection.read()
        connection.send(data)
        if then == "wait":
            connection.wait()
        if then == "reset":
            connection.reset()

    return behave


def floods(data, head=b""):
    def behave(connection):
        connection.read()
        connection.send(head)
        connection.flood(data, GIGABYTE)

    return behave


def drips(data):
    def behave(connection):
        connection.read()
        connection.drip(data, 0.2)
        connection.wait()

    return behave


def greets(data, then="close"):
    """Answers before it has read."""

    def behave(connection):
        connection.send(data)
        if then == "wait":
            connection.wait()

    return behave


@dataclass(frozen=True)
class Case:
    behaviour: object
    outcome: str  # what becomes of a delivery: done, again, given up
    reasons: tuple = ()  # any of these
    scheme: str = "http"


def length(value, body=b"ok"):
    return answers(b"HTTP/1.1 200 OK\r\nContent-Length: " + value + b"\r\n\r\n" + body)


def redirects(status):
    def behave(connection):
        connection.read()
        connection.send(b"HTTP/1.1 %d Elsewhere\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % (status, behave.elsewhere.encode()))

    return behave


MUTE = greets(b"", then="wait")
CASES = {
    "accepts-and-never-reads": Case(lambda connection: connection.ignore(), "again", ("timeout",)),
    "reads-and-never-answers": Case(MUTE, "again", ("timeout",)),
    "half-a-header-and-no-more": Case(answers(b"HTTP/1.1 200 OK\r\nContent-Le", "wait"), "again", ("timeout",)),
    "one-byte-after-the-other": Case(drips(OK), "again", ("timeout",)),
    "a-header-and-never-the-body": Case(answers(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", "wait"), "done"),
    "500-and-never-the-body": Case(answers(b"HTTP/1.1 500 Oh\r\nContent-Length: 9\r\n\r\n", "wait"), "again", ("server_error",)),
    "500": Case(answers(b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"), "again", ("server_error",)),
    "reset-at-once": Case(lambda connection: connection.reset(), "again", ("connect", "network", "protocol")),
    "reset-before-the-answer": Case(answers(b"", "reset"), "again", ("network",)),
    "reset-in-the-header": Case(answers(b"HTTP/1.1 200 OK\r\nContent-Le", "reset"), "again", ("network",)),
    "reset-in-the-body": Case(answers(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", "reset"), "done"),
    "closes-unread": Case(lambda connection: None, "again", ("network", "protocol")),
    "closes-without-a-word": Case(answers(b""), "again", ("protocol",)),
    "a-length-larger-than-the-body": Case(length(b"1000"), "done"),
    "a-length-smaller-than-the-body": Case(length(b"2", b"ok" * 500), "done"),
    "a-negative-length": Case(length(b"-5"), "again", ("protocol",)),
    "a-length-beyond-64-bits": Case(length(b"9" * 40), "again", ("protocol",)),
    "a-length-of-an-exabyte": Case(length(b"1000000000000000000"), "done"),
    "a-length-that-is-no-number": Case(length(b"two"), "again", ("protocol",)),
    "two-lengths": Case(length(b"2\r\nContent-Length: 7"), "again", ("protocol",)),
    "a-length-and-chunks": Case(length(b"2\r\nTransfer-Encoding: chunked"), "again", ("protocol",)),
    "a-chunk-larger-than-64-bits": Case(answers(CHUNKED + b"F" * 40 + b"\r\nok"), "done"),
    "a-chunk-shorter-than-said": Case(answers(CHUNKED + b"ff\r\nok\r\n0\r\n\r\n"), "done"),
    "a-chunk-of-a-negative-size": Case(answers(CHUNKED + b"-2\r\nok\r\n0\r\n\r\n"), "done"),
    "a-gigabyte-of-body": Case(floods(b"x" * 65536, b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n"), "done"),
    "a-gigabyte-until-the-end": Case(floods(b"x" * 65536, b"HTTP/1.1 200 OK\r\n\r\n"), "done"),
    "a-gigabyte-of-headers": Case(floods(b"X-More: more\r\n" * 4000, b"HTTP/1.1 200 OK\r\n"), "again", ("protocol",)),
    "a-gigabyte-of-one-header": Case(floods(b"x" * 65536, b"HTTP/1.1 200 OK\r\nX: "), "again", ("protocol",)),
    "a-gigabyte-of-a-status-line": Case(floods(b"x" * 65536, b"HTTP/1.1 200 "), "again", ("protocol",)),
    "a-gigabyte-of-a-chunk-s-extension": Case(floods(b"x" * 65536, CHUNKED + b"2;a="), "done"),
    "a-gigabyte-of-trailers": Case(floods(b"X-More: more\r\n" * 4000, CHUNKED + b"2\r\nok\r\n0\r\n"), "done"),
    "a-gigabyte-of-interim-answers": Case(floods(b"HTTP/1.1 100 Continue\r\n\r\n" * 2000), "again", ("protocol",)),
    "a-gigabyte-that-is-no-http": Case(floods(b"\0" * 65536), "again", ("protocol",)),
    "http-1.0": Case(answers(b"HTTP/1.0 200 OK\r\n\r\nok"), "done"),
    "http-0.9": Case(answers(b"ok\r\n"), "again", ("protocol",)),
    "http-2": Case(greets(b"\0\0\x12\4\0\0\0\0\0\0\3\0\0\0\x64\0\4\0\1\0\0\0\2\0\0\0\0", "wait"), "again", ("protocol",)),
    "continue-first": Case(answers(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OK), "done"),
    "continue-and-no-more": Case(answers(b"HTTP/1.1 100 Continue\r\n\r\n", "wait"), "again", ("timeout",)),
    "204-with-a-body": Case(answers(b"HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok"), "done"),
    "101-switching": Case(answers(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n", "wait"), "given up", ("unexpected_answer",)),
    "999": Case(answers(b"HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n"), "again", ("server_error",)),
    "answers-before-it-has-read": Case(greets(OK, "wait"), "done"),
    **{f"redirects-{status}": Case(redirects(status), "given up", ("redirect",)) for status in (301, 302, 303, 307, 308)},
    "tls-mute": Case(MUTE, "again", ("timeout",), "https"),
    "tls-closes-in-the-handshake": Case(lambda connection: connection.some() and None, "again", ("tls",), "https"),
    "tls-resets-in-the-handshake": Case(lambda connection: connection.some() and connection.reset(), "again", ("tls",), "https"),
    "tls-answers-plainly": Case(greets(b"HTTP/1.1 400 Plain\r\n\r\n"), "again", ("tls",), "https"),
    "tls-refuses": Case(greets(b"\x15\3\3\0\2\2\x28"), "again", ("tls",), "https"),
    "tls-floods": Case(lambda connection: connection.flood(b"\x16\3\3\x40\0" + b"\2\xff\xff\xff" + b"\0" * 16380, GIGABYTE), "again", ("tls",), "https"),
}  # fmt: skip


def peak_memory(running):
    for line in Path(f"/proc/{running.popen.pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) * 1024
    return 0


def failures(running, webhook):
    return {labels["reason"]: value for labels, value in running.samples("driftd_webhook_failures_total", webhook=webhook) if value}


def deliveries(running):
    """By webhook: {id: delivery}."""
    found = {}
    for one in running.get("/api/v1/deliveries")["deliveries"]:
        found.setdefault(one["webhook"], {})[one["id"]] = one
    return found


class Run:
    """One driftd among all of them: what there was before they became good receivers, and after."""

    def __init__(self, broker, directory, stack):
        self.elsewhere = stack.enter_context(RawReceiver(answers(OK)))
        self.healthy = stack.enter_context(WebhookReceiver(secret=SECRET))
        self.hostile = {name: stack.enter_context(RawReceiver(case.behaviour, case.scheme)) for name, case in CASES.items()}
        for case in CASES.values():
            case.behaviour.elsewhere = self.elsewhere.url
        self.stream = SmallStream(broker, self._topics(broker), "hostile")
        hooks = [{"name": name, "url": receiver.url, "timeout": "2s", "secret": SECRET} for name, receiver in self.hostile.items()]
        hooks.append({"name": "healthy", "url": self.healthy.url, "secret": SECRET})
        self.running = stack.enter_context(
            Driftd(directory, {**configuration(broker, self.stream.topics, "hostile"), "alerts": {"webhooks": hooks}}))  # fmt: skip

    @staticmethod
    def _topics(broker):
        def create(role, partitions):
            broker.create_topic(f"hostile-receivers-{role}", partitions)
            return f"hostile-receivers-{role}"

        return create

    def go(self):
        running = self.running
        self.stream.send(2)
        self.stream.read(running)
        before = peak_memory(running)
        began = time.monotonic()
        self.stream.finish(running)
        wait_until(lambda: running.metric("driftd_webhook_pending", webhook="healthy") == 0, 30, "the healthy one to be told")
        self.healthy_took = time.monotonic() - began
        wait_until(self._all_met, 60, "an outcome of each")
        self.grown = peak_memory(running) - before
        self.met = deliveries(running)
        self.failures = {name: failures(running, name) for name in CASES}

    def _all_met(self):
        met = deliveries(self.running)
        return all(met.get(name) and all(one["state"] != "pending" or one["error"] for one in met[name].values()) for name in CASES)


@pytest.fixture(scope="module")
def run(program, broker, tmp_path_factory):
    with contextlib.ExitStack() as stack:
        made = Run(broker, tmp_path_factory.mktemp("hostile"), stack)
        made.go()
        yield made


@pytest.mark.parametrize("name", CASES)
def test_what_a_receiver_does_is_told_by_its_reason(run, name):
    case = CASES[name]
    states = {one["state"] for one in run.met[name].values()}
    expected = {"done": "delivered", "again": "pending", "given up": "abandoned"}[case.outcome]
    assert states == {expected}, (run.met[name], run.failures[name])
    assert set(run.failures[name]) <= set(case.reasons), run.failures[name]
    assert bool(run.failures[name]) == (case.outcome != "done")
    if case.outcome != "done":
        assert all(one["error"] for one in run.met[name].values())


def test_redirects_are_not_followed(run):
    assert run.elsewhere.connections == 0


def test_memory_stays_what_it_was(run):
    assert run.grown < MOST_MEMORY, f"{run.grown / (1 << 20):.0f} MiB"


def test_the_healthy_one_is_not_held_up(run):
    told = [r.headers["webhook-id"] for r in run.healthy.requests]
    assert sorted(told) == sorted(run.met["healthy"]) and all(r.verified for r in run.healthy.requests)
    assert {one["attempts"] for one in run.met["healthy"].values()} == {1}


def test_an_end_among_them_is_prompt_and_what_was_under_way_is_made_later(run):
    """The last one: they are good from here on, but those that spoke TLS."""
    running = run.running
    began = time.monotonic()
    assert running.stop() == 0
    assert time.monotonic() - began < 5
    for receiver in run.hostile.values():
        receiver.behave(answers(OK))
    healthy = len(run.healthy.requests)
    running.start()
    plain = [name for name, case in CASES.items() if case.scheme == "http"]
    wait_until(lambda: all(running.metric("driftd_webhook_pending", webhook=name) == 0 for name in plain), 90, "everything to be delivered")
    met = deliveries(running)
    for name in plain:
        assert met[name].keys() == run.met[name].keys(), name
        expected = "abandoned" if CASES[name].outcome == "given up" else "delivered"
        assert {one["state"] for one in met[name].values()} == {expected}, (name, met[name])
    assert len(run.healthy.requests) == healthy
    assert running.stop() == 0


def moment(text):
    return datetime.datetime.fromisoformat(text).timestamp()


def test_500_for_an_hour_is_tried_ever_more_seldom_and_then_taken(driftd, broker, topic, receiver, clocks):
    receiver.answer(500)
    stream = SmallStream(broker, topic, "hour")
    hook = {"name": "all", "url": receiver.url, "secret": SECRET, "kinds": ["rule"], "events": ["opened"]}
    running = driftd({**configuration(broker, stream.topics, topic("group", 1)), "alerts": {"webhooks": [hook]}}, env=clocks.env)
    stream.finish(running)

    def failed(times):
        wait_until(lambda: running.metric("driftd_webhook_failures_total", reason="server_error") == times, 30, f"failure {times}")
        (one,) = deliveries(running)["all"].values()
        return one

    began, waits = clocks.now(), []
    while clocks.now() - began < 3600:
        waits.append(moment(failed(len(waits) + 1)["next_attempt_at"]) - clocks.now())
        clocks.pass_by(max(waits[-1], 0))
    for attempt, wait in enumerate(waits):
        whole = min(2**attempt, 600)  # seconds, of which a share between a half and the whole
        assert whole / 2 - 10 < wait <= whole, waits
    last = failed(len(waits) + 1)
    receiver.answer(200)
    clocks.pass_by(600)
    wait_until(lambda: running.metric("driftd_webhook_pending") == 0, 30, "the delivery")
    assert running.metric("driftd_webhook_deliveries_total") == 1
    assert {r.headers["webhook-id"] for r in receiver.requests} == {last["id"]}
    assert [r.status for r in receiver.requests] == [500] * (len(waits) + 1) + [200] and 10 <= len(waits) <= 20
    assert running.stop() == 0
