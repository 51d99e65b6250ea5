"""Clients that a server must not suffer from: they say nothing, or little by little, or hardly read."""

import contextlib
import socket
import threading
import time


class SlowClients:
    """`count` connections to 127.0.0.1:port, each of which sends `request` and then reads nothing, or one byte a second.

    with SlowClients(port, 500, b"GET /metrics HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n", reads=True): ...

    `drip`: bytes that are sent one a second after the request, over and over (a header that never ends).
    """

    def __init__(self, port, count, request=b"", drip=b"", reads=False):
        self.port, self.count, self.request, self.drip, self.reads = port, count, request, drip, reads
        self.sockets = []
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._go_on, daemon=True)

    def __enter__(self):
        for _ in range(self.count):
            # Few bytes fit into the kernel's buffers: what the client does not read stays with the server.
            one = socket.socket()
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            one.settimeout(10)
            self.sockets.append(one)
            with contextlib.suppress(OSError):
                one.connect(("127.0.0.1", self.port))
                one.sendall(self.request)
                one.setblocking(False)
        self._thread.start()
        return self

    def _go_on(self):
        turn = 0
        while not self._ending.wait(1):
            for one in self.sockets:
                with contextlib.suppress(OSError):
                    if self.drip:
                        one.send(self.drip[turn % len(self.drip) :][:1])
                    if self.reads:
                        one.recv(1)
            turn += 1

    def ended(self):
        """How many the server has closed."""
        count = 0
        for one in self.sockets:
            try:
                one.setblocking(False)
                count += one.recv(1, socket.MSG_PEEK) == b""
            except BlockingIOError:
                pass
            except OSError:
                count += 1
        return count

    def __exit__(self, *_):
        self._ending.set()
        self._thread.join()
        for one in self.sockets:
            one.close()


class StalledReceiver:
    """Accepts connections and never answers."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.listener.settimeout(0.2)
        self.port = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/hook"
        self.connections = []
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def _accept(self):
        while not self._ending.is_set():
            with contextlib.suppress(OSError):
                self.connections.append(self.listener.accept()[0])

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ending.set()
        self._thread.join()
        for one in [self.listener, *self.connections]:
            one.close()


def every(seconds, do, ending):
    """Calls `do` each so many seconds until the event `ending` is set; how long each call took."""
    took = []
    while not ending.is_set():
        begin = time.monotonic()
        do()
        took.append(time.monotonic() - begin)
        ending.wait(max(0.0, begin + seconds - time.monotonic()))
    return took
