"""Two processes of one group (DESIGN section 6): the one that started later ends with words, the older goes on and says in
the end what it says alone. Also where there is nothing to read, and there what comes later is read from where they began."""

import pytest
from process import wait_until
from small_stream import SmallStream, configuration


def the_younger_ends(older, younger):
    wait_until(lambda: not younger.running, 30, "the younger to end")
    assert younger.returncode == 1
    assert "commits for the same group and started earlier; give each its own kafka.group and storage.path" in younger.log
    assert older.running
    return "it started later and has to end, this one goes on" in older.log


def the_older_hears_of_it(older, start):
    """It does not where the younger's only commit came between its look and its own, some milliseconds of a second."""
    assert any(the_younger_ends(older, start()) for _ in range(3))


def test_the_younger_ends_while_events_flow(driftd, broker, topic, undisturbed):
    stream = SmallStream(broker, topic, "two")
    group = stream.topics["predictions"]
    older = driftd(configuration(broker, stream.topics, group))
    stream.send(2)
    stream.wait_for_commit(group)

    def start():
        younger = driftd(configuration(broker, stream.topics, group))
        while younger.running and stream.sent < 5:
            stream.send()
        return younger

    the_older_hears_of_it(older, start)
    assert stream.finish(older) == undisturbed
    assert older.stop() == 0


def test_the_younger_ends_where_there_is_nothing_to_read(driftd, broker, topic, undisturbed):
    stream = SmallStream(broker, topic, "two")
    config = configuration(broker, stream.topics, stream.topics["predictions"])
    older = driftd(config)
    the_older_hears_of_it(older, lambda: driftd(config))
    assert stream.finish(older) == undisturbed
    assert older.stop() == 0


def test_a_predecessor_that_was_killed_is_no_rival(driftd, broker, topic, undisturbed):
    stream = SmallStream(broker, topic, "two")
    group = stream.topics["predictions"]
    running = driftd(configuration(broker, stream.topics, group))
    stream.send(2)
    stream.wait_for_commit(group)
    running.kill()
    running.start()
    assert stream.finish(running) == undisturbed
    assert "commits for the same group" not in running.log
    assert running.stop() == 0


@pytest.mark.parametrize("way", ["killed", "stopped"])
def test_what_comes_to_empty_topics_while_it_is_away_is_read_though_it_starts_at_the_latest(driftd, broker, topic, undisturbed, way):
    stream = SmallStream(broker, topic, "late")
    group = stream.topics["predictions"]
    config = configuration(broker, stream.topics, group)
    config["kafka"]["start"] = "latest"
    running = driftd(config)
    wait_until(lambda: len(stream.committed(group)) == 3, 30, "a commit of where it began")
    running.kill() if way == "killed" else running.stop()
    stream.send(2)
    running.start()
    assert stream.finish(running) == undisturbed
    assert running.stop() == 0
