"""A disk that is full, read-only, or fails where it should keep what was written: driftd says so, promises nothing
that it could not keep, goes on when the reason is gone, and says in the end what it says undisturbed."""

import contextlib
import os
import subprocess
import time

import pytest
from driftd_process import driftd as run_driftd
from preload import built, environment
from process import wait_until
from small_stream import SmallStream, configuration


@pytest.fixture(scope="session")
def faults(tmp_path_factory):
    """The library that makes a disk fail."""
    return built("disk_faults", tmp_path_factory.mktemp("faults"))


class Disk:
    def __init__(self, directory, library):
        self.path = directory / "disk"
        self.path.mkdir()
        self.fault = directory / "fault"
        self.env = environment(library, DRIFTD_DISK=self.path, DRIFTD_DISK_FAULT=self.fault)

    def fail(self, how):
        self.fault.write_text(how)

    def work(self):
        self.fault.unlink()


@pytest.fixture
def disk(tmp_path, faults):
    return Disk(tmp_path, faults)


def start(driftd, broker, topic, disk, **storage):
    stream = SmallStream(broker, topic, "hard")
    group = "hard-" + stream.topics["predictions"]
    running = driftd(configuration(broker, stream.topics, group, **(storage or {"path": str(disk.path / "store")})), env=disk.env if disk else None)
    stream.send(2)
    stream.read(running)
    stream.wait_for_commit(group)
    return stream, running, group


def same(said, undisturbed):
    assert said[0].replace("hard", "calm") == undisturbed[0]
    assert said[1] == undisturbed[1]


def fill(stream, running, group):
    """While the disk is full: checkpoints fail, events are read on, and nothing more is promised to the broker."""
    wait_until(lambda: running.metric("driftd_checkpoint_failures_total") > 0, 30, "a checkpoint that fails")
    time.sleep(1)  # what was promised before arrives
    promised = stream.committed(group)
    stream.send()
    stream.read(running)
    failed = running.metric("driftd_checkpoint_failures_total")
    wait_until(lambda: running.metric("driftd_checkpoint_failures_total") >= failed + 2, 30, "more that fail")
    assert stream.committed(group) == promised
    assert running.log.count("checkpoint failed") == 1  # however often it is tried
    assert "the disk is full" in running.log


@pytest.mark.parametrize("killed", [False, True], ids=["waits", "killed"])
def test_a_full_disk_is_waited_for(driftd, broker, topic, disk, undisturbed, killed):
    stream, running, group = start(driftd, broker, topic, disk)
    disk.fail("full")
    stream.send()
    fill(stream, running, group)
    if killed:
        running.kill()
        disk.work()
        running.start()
    else:
        disk.work()
        wait_until(lambda: "checkpoints succeed again" in running.log, 30, "a checkpoint that succeeds")
        running.kill()  # what it has written by now is whole
        running.start()
    same(stream.finish(running), undisturbed)
    assert running.stop() == 0


def ends(running):
    return wait_until(lambda: not running.running and running.log, 60, "driftd to end")


def test_a_disk_that_cannot_keep_what_is_written_ends_it(driftd, broker, topic, disk, undisturbed):
    stream, running, group = start(driftd, broker, topic, disk)
    promised = stream.committed(group)
    disk.fail("sync")
    stream.send()
    said = ends(running)
    assert running.returncode == 1
    assert "the state cannot be kept any more" in said and "started again" in said
    now = stream.committed(group)
    disk.work()
    running.start()
    stored = {(offset["topic"], offset["partition"]): offset["next"] for offset in survey(running)["offsets"]}
    for (role, partition), offset in now.items():
        assert promised[role, partition] <= offset <= stored[stream.topics[role], partition]
    same(stream.finish(running), undisturbed)


def survey(running):
    import json

    done = run_driftd("doctor", "-c", running.config_path, "--format", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_a_file_system_that_became_read_only_ends_it_until_it_is_not(driftd, broker, topic, disk, undisturbed):
    stream, running, group = start(driftd, broker, topic, disk)
    disk.fail("readonly")
    stream.send()
    assert "read-only" in ends(running)
    assert running.returncode == 1
    running.spawn()
    wait_until(lambda: not running.running, 60, "driftd to end again")
    assert running.returncode == 1
    disk.work()
    running.start()
    same(stream.finish(running), undisturbed)


def test_a_real_full_disk_is_waited_for(driftd, broker, topic, tmp_path, undisturbed):
    small = tmp_path / "small"
    small.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "none", small], capture_output=True).returncode != 0:
        pytest.skip("this user may not mount a small file system")
    try:
        (small / "ballast").write_bytes(bytes(20 << 20))  # so that the log has no room set aside
        stream, running, group = start(driftd, broker, topic, None, path=str(small / "store"))
        with open(small / "more", "wb", buffering=0) as ballast, contextlib.suppress(OSError):
            while True:
                ballast.write(b"b" * 4096)
        stream.send()
        fill(stream, running, group)
        (small / "ballast").unlink()
        (small / "more").unlink()
        wait_until(lambda: "checkpoints succeed again" in running.log, 30, "a checkpoint that succeeds")
        running.kill()
        running.start()
        same(stream.finish(running), undisturbed)
        running.stop()
    finally:
        subprocess.run(["umount", "-l", small], check=False)
