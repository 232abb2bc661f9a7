"""A service that can be told to lie: it forwards to a real one, and changes answers on demand.

Tests put a function into `changes`: path → function(answer) that changes an `Answer` in place. A function that returns
nothing lets the changed answer through. `served` answers paths itself, without asking anybody.
"""

import http.client
import http.server
import json
import pathlib
import threading
import urllib.parse


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @json.setter
    def json(self, value):
        self.body = json.dumps(value).encode()
        self.headers["Content-Type"] = "application/json"


class FaultyServer:
    def __init__(self, upstream=None, pages=None, port=0):
        self.upstream = upstream
        self.pages = pathlib.Path(pages) if pages else None
        self.changes = {}
        self.served = {}
        self.requests = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                try:
                    outer.handle(self)
                except ConnectionError:
                    # The page went elsewhere.
                    self.close_connection = True

            do_POST = do_HEAD = do_OPTIONS = do_GET

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def reset(self):
        self.changes.clear()
        self.served.clear()

    def handle(self, handler):
        target = urllib.parse.urlsplit(handler.path)
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        self.requests.append((handler.command, handler.path))
        served = self.served.get(target.path)
        if served is None:
            served = next(
                (
                    f
                    for prefix, f in self.served.items()
                    if prefix.endswith("*") and target.path.startswith(prefix[:-1])
                ),
                None,
            )
        if served:
            answer = served(target.path, dict(urllib.parse.parse_qsl(target.query)), body)
        else:
            answer = self.forward(handler, body)
        change = self.changes.get(target.path)
        if change:
            change(answer)
        if answer.status == 0:
            handler.close_connection = True
            return
        handler.send_response(answer.status)
        for name, value in answer.headers.items():
            if name.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(answer.body)))
        handler.end_headers()
        if handler.command != "HEAD":
            handler.wfile.write(answer.body)

    def forward(self, handler, body):
        upstream = urllib.parse.urlsplit(self.upstream)
        connection = http.client.HTTPConnection(upstream.hostname, upstream.port, timeout=60)
        headers = {
            name: value
            for name, value in handler.headers.items()
            if name.lower() not in ("host", "connection", "content-length", "accept-encoding")
        }
        connection.request(handler.command, handler.path, body or None, headers)
        response = connection.getresponse()
        answer = Answer(response.status, dict(response.getheaders()), response.read())
        connection.close()
        return self.from_disk(handler.path, answer)

    def from_disk(self, path, answer):
        """For whoever works on the pages: the files of the source folder instead of those in the binary."""
        if not self.pages:
            return answer
        path = urllib.parse.urlsplit(path).path
        name = {"/": "verify.html", "/log": "log.html", "/status": "status.html"}.get(path, path.split("/")[-1])
        file = self.pages / name
        if file.is_file():
            types = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
            answer.status, answer.body = 200, file.read_bytes()
            answer.headers["Content-Type"] = types.get(file.suffix, "text/plain") + "; charset=utf-8"
            answer.headers.pop("ETag", None)
        return answer
