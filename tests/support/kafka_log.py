"""A partition's log on the broker's disk, while the broker does not run."""

import struct


def cut(broker, topic, partition, offset):
    """Loses the batch that holds `offset` and all that come after: as a disk does that had not written them. Gives the new end."""
    path = broker.directory / "data" / f"{topic}-{partition}" / "00000000000000000000.log"
    log, place = path.read_bytes(), 0
    while place < len(log):
        first, size = struct.unpack_from(">qi", log, place)
        last = first + struct.unpack_from(">i", log, place + 23)[0]
        if last >= offset:
            break
        place += 12 + size
    assert place < len(log), f"{topic}/{partition} does not reach {offset}"
    with open(path, "r+b") as file:
        file.truncate(place)
    return first
