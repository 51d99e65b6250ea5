"""A child process that writes to a log file and that no failed test leaves behind."""

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def wait_until(condition, seconds=30.0, what="the condition", every=0.05):
    """The first true value that condition() returns; after `seconds` an AssertionError that says what was awaited."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {seconds:g} s")
        time.sleep(every)


class Process:
    """start, stop (SIGTERM, then SIGKILL), kill (SIGKILL); `log` is what it wrote."""

    def __init__(self, command, directory, name, env=None):
        self.command = [str(part) for part in command]
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.log_path = self.directory / f"{name}.log"
        self.name = name
        self.env = env
        self.popen = None

    def spawn(self):
        with open(self.log_path, "ab") as log:
            self.popen = subprocess.Popen(
                self.command, cwd=self.directory, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=self.env
            )

    @property
    def running(self):
        return self.popen is not None and self.popen.poll() is None

    @property
    def returncode(self):
        return None if self.popen is None else self.popen.poll()

    @property
    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def wait_ready(self, ready, seconds):
        """Waits for ready(); a process that ended meanwhile is reported with the end of its log."""

        def ready_or_dead():
            return not self.running or ready()

        try:
            wait_until(ready_or_dead, seconds, f"{self.name} ready")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.log[-3000:]}") from None
        if not self.running:
            raise AssertionError(f"{self.name} ended with {self.returncode}:\n{self.log[-3000:]}")

    def stop(self, seconds=30.0):
        """SIGTERM and the exit code; kills what does not end in time."""
        if not self.running:
            return self.returncode
        self.popen.send_signal(signal.SIGTERM)
        try:
            return self.popen.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.name} did not end within {seconds:g} s of SIGTERM\n{self.log[-3000:]}") from None

    def kill(self):
        """SIGKILL: no chance to write anything."""
        if self.running:
            self.popen.kill()
            self.popen.wait()

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise
        return self

    def __exit__(self, *exc):
        self.kill() if exc[0] else self.stop()
