"""A TCP proxy that is slower than what is behind it: a delay, a bandwidth, and moments in which nothing passes.

    with SlowProxy(lambda: broker.port, delay=0.05, bytes_per_second=200_000) as proxy:
        connect to proxy.port; proxy.stalled.set(); proxy.stalled.clear()
"""

import contextlib
import socket
import threading
import time

CHUNK = 16_384


class SlowProxy:
    def __init__(self, target, delay=0.0, bytes_per_second=None):
        self.target = target  # gives the port behind, which may not be known yet
        self.delay, self.bytes_per_second = delay, bytes_per_second
        self.stalled, self.ended = threading.Event(), threading.Event()
        self.passed = 0
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.open = []

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *exc):
        self.ended.set()
        for one in [self.listener, *self.open]:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self):
        while not self.ended.is_set():
            try:
                client = self.listener.accept()[0]
                server = socket.create_connection(("127.0.0.1", self.target()))
            except OSError:
                continue
            self.open += [client, server]
            for one, other in ((client, server), (server, client)):
                threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one, other):
        with contextlib.suppress(OSError):
            while data := one.recv(CHUNK):
                time.sleep(self.delay + (len(data) / self.bytes_per_second if self.bytes_per_second else 0))
                while self.stalled.is_set() and not self.ended.is_set():
                    time.sleep(0.02)
                other.sendall(data)
                self.passed += len(data)
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
