"""What the kernel says of a process's memory, and whether it stays flat."""

from pathlib import Path


def status_bytes(pid, field):
    """A field of /proc/PID/status such as VmRSS, in bytes; 0 once the process is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(field + ":")), 0)


def resident(pid):
    return status_bytes(pid, "VmRSS")


def peak(pid):
    """The most that was resident since the start, or since forget_peak."""
    return status_bytes(pid, "VmHWM")


def forget_peak(pid):
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def slope(points):
    """Of (seconds, bytes): by least squares, bytes a second; 0 of fewer than two."""
    n = len(points)
    if n < 2:
        return 0.0
    mean_x, mean_y = sum(x for x, _ in points) / n, sum(y for _, y in points) / n
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0
