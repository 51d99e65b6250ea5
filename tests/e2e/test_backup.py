"""A backup of a running store, and going back to it: what came later is read again, nothing counts twice."""

import json
import shutil
import threading

from driftd_process import driftd as run_driftd
from small_stream import SmallStream, configuration


def back_up(running, to):
    done = run_driftd("backup", "-c", running.config_path, "-o", to)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "healthy" in done.stdout
    return done.stdout


def test_a_backup_under_load_is_a_place_to_go_back_to(driftd, broker, topic, tmp_path, undisturbed):
    stream = SmallStream(broker, topic, "hard", portions=30)
    config = configuration(broker, stream.topics, "hard-" + stream.topics["predictions"])
    running = driftd(config)
    stream.send(8)
    stream.read(running)
    load = threading.Thread(target=stream.send, args=(10,))
    load.start()
    backups = []
    while load.is_alive() or not backups:
        backups.append(tmp_path / f"backup{len(backups)}")
        back_up(running, backups[-1])
    load.join()
    doctor = run_driftd("doctor", "-c", running.config_path, "--format", "json")  # beside the running service
    assert doctor.returncode == 0 and json.loads(doctor.stdout)["healthy"], doctor.stdout
    assert run_driftd("backup", "-c", running.config_path, "-o", backups[0]).returncode == 1  # never over another
    running.kill()
    elsewhere = driftd({**config, "storage": {**config["storage"], "path": str(backups[0])}})
    said = stream.finish(elsewhere)
    assert said[0].replace("hard", "calm") == undisturbed[0]
    assert said[1] == undisturbed[1]
    elsewhere.stop()


def test_the_doctor_mends_what_a_kill_and_a_bad_disk_left(driftd, broker, topic, tmp_path):
    stream = SmallStream(broker, topic, "mended")
    running = driftd(configuration(broker, stream.topics, "mended-" + stream.topics["predictions"]))
    stream.send(4)
    stream.read(running)
    held = run_driftd("doctor", "-c", running.config_path, "--mend")
    assert held.returncode == 0 and "healthy" in held.stdout  # nothing to mend: nothing is done
    running.stop()
    store = running.directory / "store"
    running.start()  # what was in the log is a table now
    running.stop()
    table = max(store.glob("*.sst"), key=lambda path: path.stat().st_size)
    damaged = bytearray(table.read_bytes())
    damaged[len(damaged) // 2] ^= 0x10
    table.write_bytes(damaged)
    running.spawn()
    running.popen.wait(60)
    assert running.returncode == 1
    assert "driftd doctor" in running.log and table.name in running.log
    found = run_driftd("doctor", "--store", store, "--format", "json")
    assert found.returncode == 1
    faults = json.loads(found.stdout)["faults"]
    assert faults and all(fault["cost"] and table.name in fault["what"] for fault in faults)
    mended = run_driftd("doctor", "--store", store, "--mend")
    assert mended.returncode == 0, mended.stdout + mended.stderr
    assert "costs" in mended.stderr and "healthy" in mended.stdout
    assert len(list(store.parent.glob("store.damaged-*"))) == 1
    running.start()
    stream.send(2)
    running.stop()
    assert run_driftd("doctor", "--store", store).returncode == 0
    shutil.rmtree(tmp_path / "none", ignore_errors=True)
