"""The only way out of this program: connections to this machine, and to nothing else."""

import http.client
import ipaddress
import random
import socket
import ssl
from dataclasses import dataclass, field

HOST = "127.0.0.1"
# An answer that is larger is an answer that nobody asked for.
ANSWER_BYTES = 64 << 20


class NotLoopback(Exception):
    """Somebody else's machine. Nobody may be attacked who has not asked for it."""


def require_loopback(host):
    """A literal address of this machine. A name is refused too, since others say what it stands for."""
    try:
        is_loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        raise NotLoopback(f"{host!r} is no address; wanted one of this machine, such as {HOST}") from None
    if not is_loopback:
        raise NotLoopback(f"{host} is another machine; wanted a loopback address, such as {HOST}")
    return host


@dataclass(frozen=True)
class Target:
    """A service on this machine. There is no other way to name one."""

    port: int
    host: str = HOST
    tls: bool = False

    def __post_init__(self):
        require_loopback(self.host)

    def connect(self, source=None, timeout=10, protocol="http/1.1", buffer=None):
        """A connection; from an address of its own, which is of this machine as well."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        connection = socket.socket(family, socket.SOCK_STREAM)
        try:
            connection.settimeout(timeout)
            if buffer:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, buffer)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if source:
                connection.bind((require_loopback(source), 0))
            connection.connect((self.host, self.port))
            require_loopback(connection.getpeername()[0])
            if not self.tls:
                return connection
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            # Made a moment ago for a service that this program has started itself.
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            context.set_alpn_protocols([protocol])
            return context.wrap_socket(connection)
        except BaseException:
            connection.close()
            raise


@dataclass
class Answer:
    status: int
    body: bytes
    headers: dict = field(default_factory=dict)


class Client:
    """One client, who keeps its connection as long as the service does."""

    def __init__(self, target, source=None, timeout=10, headers=None):
        self.target = target
        self.source = source
        self.timeout = timeout
        self.headers = headers or {}
        self.connection = None

    def ask(self, method, path, body=b"", headers=None):
        """One request and its answer; OSError or HTTPException where there is none."""
        if self.connection is None:
            self.connection = self.target.connect(self.source, self.timeout)
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.target.host}", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in {**self.headers, **(headers or {})}.items()]
        head = "\r\n".join(lines).encode() + b"\r\n\r\n"
        try:
            try:
                self.connection.sendall(head + body if len(body) < 65_536 else head)
                if len(body) >= 65_536:
                    self.connection.sendall(body)
            except OSError:
                # A service that has enough of a request may answer before it has all of it.
                pass
            response = http.client.HTTPResponse(self.connection, method=method)
            response.begin()
            answer = Answer(response.status, response.read(ANSWER_BYTES), dict(response.headers))
        except BaseException:
            self.close()
            raise
        if response.will_close:
            self.close()
        return answer

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def free_port():
    """One that is this process's until it ends: below those that the kernel gives to who asks for any, and with a name that
    only one process of the machine can hold (TestPort.swift shares the names)."""
    for port in random.sample(range(10_000, 20_000), 1_000):
        name = socket.socket(socket.AF_UNIX)
        try:
            name.bind(f"\0assay-test-port-{port}")
            with socket.socket() as probe:
                probe.bind((HOST, port))
        except OSError:
            name.close()
            continue
        name.detach()
        return port
    raise RuntimeError("no port is free")
