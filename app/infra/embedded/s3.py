"""Our own launcher of SeaweedFS as an S3 store on loopback: one bucket, two credentials that differ in power."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import secrets
import shutil
import signal
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.infra.embedded.children import (
    EmbeddedError,
    Server,
    end_leftover,
    read_json,
    remembered_ports,
    spawn,
    stop,
    take_lock,
    write_private_json,
)

log = logging.getLogger(__name__)

BUCKET = "redress"
_SENTINEL = "health/sentinel"
_READY_SECONDS = 60.0
_STOP_SECONDS = 2.0
"""What the store gets at most: asked to end, it waits fifteen seconds for streams that its own parts keep open, and what
was answered is on disk already.
"""
_LAUNCHES = 3
_PORTS = (
    "master",
    "master_grpc",
    "volume",
    "volume_grpc",
    "filer",
    "filer_grpc",
    "s3",
    "s3_grpc",
)
_SOCKETS = "seaweedfs-*-grpc-{port}.sock"
"""What the store's services leave under /tmp, by port; no flag moves them, and a killed store leaves them behind."""
_IDENTITIES = ("app", "purge", "keeper")
_BUCKET_ACTIONS = [
    "s3:ListBucket",
    "s3:ListBucketVersions",
    "s3:ListBucketMultipartUploads",
    "s3:GetBucketLocation",
    "s3:GetBucketVersioning",
    "s3:GetBucketObjectLockConfiguration",
]
_OBJECT_ACTIONS = [
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:GetObjectAttributes",
    "s3:GetObjectRetention",
    "s3:GetObjectLegalHold",
    "s3:PutObject",
    "s3:PutObjectRetention",
    "s3:AbortMultipartUpload",
    "s3:ListMultipartUploadParts",
]
_PURGE_ACTIONS = ["s3:DeleteObject", "s3:DeleteObjectVersion"]


@dataclass(frozen=True, slots=True)
class S3Endpoint:
    """What `S3_ENDPOINT_URL` and its fellows would say of this store."""

    url: str
    bucket: str
    access_key: str
    secret_key: str
    purge_access_key: str
    purge_secret_key: str


class EmbeddedS3(Server[S3Endpoint]):
    """One store under *data_dir*, bound to loopback. *origins*: addresses whose pages may send parts (CORS)."""

    def __init__(
        self, data_dir: Path, *, durable: bool = True, origins: Sequence[str] = ()
    ) -> None:
        super().__init__(data_dir, durable=durable)
        self.origins = tuple(origins)
        self._words: dict[str, str] = {}
        self._url = ""
        self._launches = 0

    def start(self) -> S3Endpoint:
        """Start and wait until an object can be read back."""
        self.launch()
        return self.ready()

    def launch(self) -> None:
        """Start without waiting, so that other servers can start meanwhile."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self._lock = take_lock(self.data_dir / "s3.lock")
        try:
            self._launch()
        except BaseException:
            self.stop()
            raise

    def ready(self) -> S3Endpoint:
        """Wait for a launched store: the bucket is there and an object can be read back."""
        try:
            while not self._became_ready():
                self._launch_elsewhere()
        except BaseException:
            self.stop()
            raise
        self._launches = 0
        return self.endpoint()

    def endpoint(self) -> S3Endpoint:
        """The addresses and keys of a launched store; of one that is not there, keys alone."""
        words = self._words or self._known_words()
        return S3Endpoint(
            self._url or "http://127.0.0.1:9",
            BUCKET,
            words["app_access"],
            words["app_secret"],
            words["purge_access"],
            words["purge_secret"],
        )

    @classmethod
    def running(cls, data_dir: Path) -> S3Endpoint | None:
        """The store that another process of ours keeps running on *data_dir*, if any."""
        store = cls(data_dir)
        ports = read_json(store.data_dir / "s3.ports.json")
        if not ports:
            return None
        store._words, store._url = store._known_words(), f"http://127.0.0.1:{ports['s3']}"
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", int(ports["s3"])), timeout=1).close()
            return store.endpoint()
        return None

    def _launch(self) -> None:
        words = self._words = self._known_words()
        end_leftover(self.data_dir / "s3.pid", os.fsencode(self.data_dir / "s3"), signal.SIGKILL)
        ports = remembered_ports(self.data_dir / "s3.ports.json", _PORTS, _nobody_elses)
        _sweep(ports)
        self._url = f"http://127.0.0.1:{ports['s3']}"
        (self.data_dir / "s3").mkdir(mode=0o700, exist_ok=True)
        write_private_json(self.data_dir / "s3.identities.json", _identities(words))
        with (self.data_dir / "s3.log").open("ab") as out:
            self.process = spawn(
                self._argv(ports),
                env={
                    "PATH": "/usr/bin:/bin",
                    "HOME": str(self.data_dir),
                    "WEED_S3_SSE_KEK": words["sse_kek"],
                },
                log=out,
                cwd=str(self.data_dir),
                death_signal=signal.SIGKILL,
            )
        (self.data_dir / "s3.pid").write_text(f"{self.process.pid}\n", "utf-8")

    def ask_to_stop(self) -> None:
        """Begin stopping without waiting."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM if self.durable else signal.SIGKILL)

    def stop(self, grace: float = _STOP_SECONDS) -> None:
        """SIGTERM, *grace* seconds or _STOP_SECONDS, then SIGKILL, which loses nothing that was answered."""
        if self.process is not None:
            patience = min(grace, _STOP_SECONDS) if self.durable else 0
            stop(self.process, signal.SIGTERM, patience)
            self.process = None
            _sweep(read_json(self.data_dir / "s3.ports.json"))
        self._unlock()

    def _known_words(self) -> dict[str, str]:
        """Keys of the three identities and of server-side encryption; they belong in the backup."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        file = self.data_dir / "s3.json"
        known = {name: str(word) for name, word in read_json(file).items()}
        if not known and (self.data_dir / "s3").exists():
            raise EmbeddedError(
                f"{file} is missing, so the keys of the stored objects are lost. Restore it."
            )
        if not known:
            for name in _IDENTITIES:
                known[f"{name}_access"] = f"redress-{name}-{secrets.token_hex(6)}"
                known[f"{name}_secret"] = secrets.token_urlsafe(32)
            known["sse_kek"] = secrets.token_hex(32)
            write_private_json(file, known)
        return known

    def _argv(self, ports: Mapping[str, int]) -> list[str]:
        flags = {
            "dir": self.data_dir / "s3",
            "ip": "127.0.0.1",
            "ip.bind": "127.0.0.1",
            "master.port": ports["master"],
            "master.port.grpc": ports["master_grpc"],
            "volume.port": ports["volume"],
            "volume.port.grpc": ports["volume_grpc"],
            "filer.port": ports["filer"],
            "filer.port.grpc": ports["filer_grpc"],
            "filer.localSocket": self.data_dir / "s3" / "filer.sock",
            "s3.port": ports["s3"],
            "s3.port.grpc": ports["s3_grpc"],
            "s3.localSocket": self.data_dir / "s3" / "gateway.sock",
            "s3.config": self.data_dir / "s3.identities.json",
            "s3.port.iceberg": 0,
            "s3.port.lance": 0,
            "s3.allowDeleteBucketNotEmpty": "false",
            "s3.iam": "false",
            "master.volumeSizeLimitMB": 128,
            "master.electionTimeout": "1s",
            "master.heartbeatInterval": "100ms",
            "master.telemetry": "false",
            "volume.max": 200,
            "volume.preStopSeconds": 0,
        }
        return [
            _program(),
            "-logtostderr=true",
            "server",
            "-s3",
            *(f"-{name}={value}" for name, value in flags.items()),
        ]

    def _launch_elsewhere(self) -> None:
        self._launches += 1
        if self._launches >= _LAUNCHES:
            raise EmbeddedError(f"The S3 store did not start; see {self.data_dir / 's3.log'}.")
        (self.data_dir / "s3.ports.json").unlink(missing_ok=True)
        self._launch()

    def _became_ready(self) -> bool:
        """False when it died meanwhile: another program may have taken one of its eight ports first."""
        from botocore.exceptions import BotoCoreError, ClientError

        keeper = client_for(self._url, self._words["keeper_access"], self._words["keeper_secret"])
        until = time.monotonic() + _READY_SECONDS
        while True:
            if self.process is None or self.process.poll() is not None:
                return False
            try:
                _ensure_bucket(keeper)
                if self.origins:
                    allow_origins(keeper, self.origins)
                keeper.put_object(Bucket=BUCKET, Key=_SENTINEL, Body=b"ready")
                keeper.get_object(Bucket=BUCKET, Key=_SENTINEL)["Body"].read()
            except (BotoCoreError, ClientError) as problem:
                if time.monotonic() > until:
                    raise EmbeddedError(
                        f"The S3 store is not ready after {_READY_SECONDS:.0f} s."
                    ) from problem
                time.sleep(0.1)
            else:
                return True


def client_for(url: str, access_key: str, secret_key: str) -> Any:
    """A short-tempered client for the launcher and for tests; the product's own is `infra.storage`.

    Imported late: whoever only starts servers does not wait for the client's library.
    """
    import boto3
    from botocore.client import Config

    return boto3.client(
        "s3",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
        config=Config(
            connect_timeout=2,
            read_timeout=10,
            retries={"max_attempts": 0},
            s3={"addressing_style": "path"},
        ),
    )


def _sockets(port: int) -> list[Path]:
    return list(Path("/tmp").glob(_SOCKETS.format(port=port)))  # noqa: S108 - where the store puts them


def _nobody_elses(port: int) -> bool:
    """False when another account's store left its socket for *port*: we could neither use nor remove it."""
    return all(one.stat().st_uid == os.geteuid() for one in _sockets(port))


def _sweep(ports: Mapping[str, Any]) -> None:
    """Remove what a store that runs no more left for *ports*."""
    for port in ports.values():
        for one in _sockets(int(port)):
            one.unlink(missing_ok=True)


def _program() -> str:
    beside = Path(sys.executable).parent / "weed"
    found = str(beside) if beside.exists() else shutil.which("weed")
    if found is None:
        raise EmbeddedError(
            "The S3 store's program 'weed' is missing: run `make setup`, or set S3_ENDPOINT_URL."
        )
    return found


def _policy(name: str, object_actions: list[str]) -> dict[str, str]:
    statements = [
        {
            "Effect": "Allow",
            "Action": _BUCKET_ACTIONS,
            "Resource": [f"arn:aws:s3:::{BUCKET}"],
        },
        {
            "Effect": "Allow",
            "Action": object_actions,
            "Resource": [f"arn:aws:s3:::{BUCKET}/*"],
        },
    ]
    return {
        "name": name,
        "content": json.dumps({"Version": "2012-10-17", "Statement": statements}),
    }


def _identities(words: Mapping[str, str]) -> dict[str, Any]:
    """The app puts, copies, reads, lists and aborts; only the purge credential deletes; the keeper is ours."""

    def identity(name: str, **rights: list[str]) -> dict[str, Any]:
        keys = {
            "accessKey": words[f"{name}_access"],
            "secretKey": words[f"{name}_secret"],
        }
        return {"name": name, "credentials": [keys], **rights}

    return {
        "identities": [
            identity("app", policyNames=["app"]),
            identity("purge", policyNames=["purge"]),
            identity("keeper", actions=["Admin", "Read", "Write", "List", "Tagging"]),
        ],
        "policies": [
            _policy("app", _OBJECT_ACTIONS),
            _policy("purge", _OBJECT_ACTIONS + _PURGE_ACTIONS),
        ],
    }


def allow_origins(keeper: Any, origins: Sequence[str]) -> None:
    """Pages of these origins may put parts and read the answer; nothing else crosses origins."""
    rule = {
        "AllowedOrigins": list(origins),
        "AllowedMethods": ["PUT"],
        "AllowedHeaders": ["content-type", "x-amz-checksum-sha256"],
        "ExposeHeaders": ["ETag"],
        "MaxAgeSeconds": 3600,
    }
    keeper.put_bucket_cors(Bucket=BUCKET, CORSConfiguration={"CORSRules": [rule]})


def _ensure_bucket(keeper: Any) -> None:
    """Object Lock, which brings versioning."""
    known = {bucket["Name"] for bucket in keeper.list_buckets()["Buckets"]}
    if BUCKET not in known:
        keeper.create_bucket(Bucket=BUCKET, ObjectLockEnabledForBucket=True)
