"""A webhook receiver that speaks bytes instead of HTTP, and so can be as wrong as it likes.

    with RawReceiver(lambda connection: connection.send(b"HTTP/1.1 500 no\\r\\n\\r\\n")) as receiver:
        ... receiver.url ...
        receiver.behave(answers(b"HTTP/1.1 204 No Content\\r\\n\\r\\n"))

A behaviour is a function of a Connection; when it returns, the connection is closed.
"""

import contextlib
import socket
import struct
import threading


class Connection:
    def __init__(self, sock, stopped):
        self._socket, self._stopped = sock, stopped

    def read(self):
        """The request: (headers with names in lower case, body)."""
        text = b""
        while b"\r\n\r\n" not in text:
            text += self.some()
        head, _, body = text.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")[1:]
        headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines)}
        while len(body) < int(headers.get("content-length", 0)):
            body += self.some()
        return headers, body

    def some(self):
        """What bytes there are."""
        got = self._socket.recv(65536)
        if not got:
            raise ConnectionError
        return got

    def send(self, data):
        self._socket.sendall(data)

    def drip(self, data, every):
        """One byte after the other."""
        for byte in data:
            self.send(bytes([byte]))
            if self._stopped.wait(every):
                return

    def flood(self, data, size):
        """`size` bytes of it, over and over."""
        for _ in range(size // len(data)):
            if self._stopped.is_set():
                return
            self.send(data)

    def wait(self):
        """Until the caller gives up, or the test ends."""
        with contextlib.suppress(OSError):
            while not self._stopped.is_set() and self._socket.recv(65536):
                pass

    def ignore(self):
        """Until the test ends."""
        self._stopped.wait()

    def reset(self):
        """Closed with a reset in place of an end."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class RawReceiver:
    def __init__(self, behaviour, scheme="http"):
        self._behaviour = behaviour
        self.connections = 0
        self._stopped = threading.Event()
        self._open = set()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        self.url = f"{scheme}://127.0.0.1:{self.port}/hook"
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def behave(self, behaviour):
        """From the next connection on."""
        self._behaviour = behaviour

    def _serve(self):
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
                self._open.add(sock)
            threading.Thread(target=self._handle, args=(sock, self._behaviour), daemon=True).start()

    def _handle(self, sock, behaviour):
        try:
            with contextlib.suppress(OSError):
                behaviour(Connection(sock, self._stopped))
        finally:
            with self._lock:
                self._open.discard(sock)
            sock.close()

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *exc):
        self._stopped.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for sock in self._open:
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
