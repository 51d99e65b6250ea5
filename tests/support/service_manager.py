"""A service manager's side of sd_notify: what a process told it, as it came.

    with ServiceManager(tmp_path) as manager:
        driftd(config, env=manager.environment(watchdog=2.0))
        manager.wait_for("READY=1")
"""

import socket
import threading
import time

from process import wait_until


class ServiceManager:
    def __init__(self, directory, abstract=False):
        self.address = f"@driftd-test-{id(self)}-{time.monotonic_ns()}" if abstract else str(directory / "notify.sock")
        self.messages = []  # (monotonic seconds, {name: value})
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.address.replace("@", "\0", 1))
        self._socket.settimeout(0.1)
        self._ending = False
        self._thread = threading.Thread(target=self._read, daemon=True)

    def environment(self, watchdog=None):
        """watchdog: seconds within which a beat has to come."""
        return {"NOTIFY_SOCKET": self.address, **({"WATCHDOG_USEC": str(int(watchdog * 1e6))} if watchdog else {})}

    def _read(self):
        while not self._ending:
            try:
                text = self._socket.recv(65536).decode()
            except TimeoutError:
                continue
            self.messages.append((time.monotonic(), dict(line.split("=", 1) for line in text.splitlines())))

    def told(self, name, since=0.0):
        """The values under this name, oldest first."""
        return [message[name] for at, message in list(self.messages) if name in message and at >= since]

    def wait_for(self, name, count=1, seconds=30.0):
        return wait_until(lambda: len(self.told(name)) >= count and self.told(name), seconds, f"{name} {count} times")

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *exc):
        self._ending = True
        self._thread.join()
        self._socket.close()
