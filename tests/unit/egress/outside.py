"""A host of others on loopback: it says what a test wants, slowly, endlessly or behind TLS, and counts who came."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from app.infra.clock import SystemClock

Talk = Callable[[socket.socket], None]


@dataclass
class Outside:
    """*asked*: names that were looked up. *dialled*: addresses that were connected to. *heard*: requests."""

    answers: Sequence[Sequence[str]] = ()
    port: int = 0
    asked: list[str] = field(default_factory=list)
    dialled: list[str] = field(default_factory=list)
    heard: list[bytes] = field(default_factory=list)

    def resolve(self, host: str, port: int) -> Sequence[str]:
        """The next prepared answer; the last one again and again."""
        self.asked.append(host)
        return self.answers[min(len(self.asked), len(self.answers)) - 1]

    def connect(self, address: str, port: int, seconds: float) -> socket.socket:
        """Whatever the address, to the host on loopback."""
        self.dialled.append(f"{address}:{port}")
        return socket.create_connection(("127.0.0.1", self.port), timeout=seconds)


@contextlib.contextmanager
def listening(talk: Talk, outside: Outside, tls: ssl.SSLContext | None = None) -> Iterator[Outside]:
    """Let *talk* answer each connection in a thread of its own."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        outside.port = server.getsockname()[1]
        threading.Thread(target=_accept, args=(server, talk, outside, tls), daemon=True).start()
        yield outside


def _accept(
    server: socket.socket, talk: Talk, outside: Outside, tls: ssl.SSLContext | None
) -> None:
    while True:
        try:
            link, _ = server.accept()
        except OSError:
            return
        threading.Thread(target=_serve, args=(link, talk, outside, tls), daemon=True).start()


def _serve(link: socket.socket, talk: Talk, outside: Outside, tls: ssl.SSLContext | None) -> None:
    with contextlib.suppress(OSError), contextlib.closing(link):
        whole = tls.wrap_socket(link, server_side=True) if tls else link
        whole.settimeout(20)
        outside.heard.append(read_request(whole))
        talk(whole)
        with contextlib.suppress(OSError):
            whole.shutdown(socket.SHUT_WR)


def read_request(link: socket.socket) -> bytes:
    """Head and body of one request."""
    taken = b""
    while b"\r\n\r\n" not in taken:
        taken += _more(link)
    head, _, body = taken.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    while len(body) < int(lengths[0].partition(b":")[2]):
        body += _more(link)
    return head + b"\r\n\r\n" + body


def _more(link: socket.socket) -> bytes:
    piece = link.recv(65536)
    if not piece:
        raise OSError
    return piece


def says(answer: bytes) -> Talk:
    """Send this and close."""
    return lambda link: link.sendall(answer)


def certificate(folder: Path, host: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """(a server's context with a certificate for *host*, a client's that trusts it)."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = SystemClock().now()
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(7).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = folder / "host.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cafile=str(file))
