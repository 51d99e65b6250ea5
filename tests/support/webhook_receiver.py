"""A receiver that is not driftd: records every request and verifies signatures with the package
`standardwebhooks`.

    with WebhookReceiver(secret="whsec_...") as receiver:
        receiver.answer(503, times=2, headers={"Retry-After": "1"})
        ... receiver.wait_for(1)[0].json["type"] ...
"""

import json
import ssl
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from process import wait_until
from standardwebhooks.webhooks import Webhook, WebhookVerificationError


@dataclass
class Request:
    method: str
    path: str
    headers: dict  # names in lower case
    body: bytes
    at: float  # seconds since the epoch
    verified: bool | None = None  # None: the receiver knows no secret
    refusal: str = ""
    status: int = 200

    @property
    def json(self):
        return json.loads(self.body)


@dataclass
class _Answer:
    status: int
    headers: dict = field(default_factory=dict)
    body: bytes = b""
    delay: float = 0.0
    drop: bool = False  # close the connection without an answer


class WebhookReceiver:
    def __init__(self, secret=None, certificate=None):
        """certificate: (certificate file, key file) for HTTPS."""
        self.requests = []
        self._webhook = Webhook(secret) if secret else None
        self._script = []
        self._usual = _Answer(200)
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self.port}/hook"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def answer(self, status, times=None, headers=None, body=b"", delay=0.0, drop=False):
        """The answer to the next `times` requests; without `times` to all that follow the scripted ones."""
        answer = _Answer(status, headers or {}, body, delay, drop)
        with self._lock:
            if times is None:
                self._usual = answer
            else:
                self._script += [answer] * times

    def wait_for(self, count, seconds=30.0):
        """The requests as soon as there are `count` of them."""
        wait_until(lambda: len(self.requests) >= count, seconds, f"{count} webhook calls (there were {len(self.requests)})")
        return list(self.requests)

    def start(self):
        self._thread.start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exc):
        self.stop()

    def _verify(self, request):
        if self._webhook is None:
            return
        try:
            self._webhook.verify(request.body, request.headers)
            request.verified = True
        except (WebhookVerificationError, json.JSONDecodeError) as error:
            # verify() also parses the body; a body that is no JSON but rightly signed is still refused here.
            request.verified, request.refusal = False, str(error)

    def _take(self, request):
        self._verify(request)
        with self._lock:
            answer = self._script.pop(0) if self._script else self._usual
            request.status = answer.status
            self.requests.append(request)
        return answer

    def _handler(self):
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                headers = {name.lower(): value for name, value in self.headers.items()}
                body = self.rfile.read(int(headers.get("content-length", 0)))
                answer = receiver._take(Request(self.command, self.path, headers, body, time.time()))
                time.sleep(answer.delay)
                if answer.drop:
                    self.close_connection = True
                    return
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            do_POST = do_PUT = do_GET = do_PATCH = do_DELETE = handle_any

            def log_message(self, *arguments):
                pass

        return Handler
