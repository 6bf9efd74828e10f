"""The embedded S3 store: what each credential may do, and that stored objects survive a kill."""

from __future__ import annotations

import json
import os
import time
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from app.infra.clock import SystemClock
from app.infra.embedded.children import EmbeddedError
from app.infra.embedded.s3 import EmbeddedS3, client_for
from app.infra.storage.s3 import S3Access, S3Storage


def refused(call: Any) -> str:
    """The code of the refusal."""
    with pytest.raises(ClientError) as caught:
        call()
    return str(caught.value.response["Error"]["Code"])


def test_rights_of_both_credentials_and_survival_of_a_kill(s3: EmbeddedS3, folder: Path) -> None:
    end = s3.start()
    app = client_for(end.url, end.access_key, end.secret_key)
    purge = client_for(end.url, end.purge_access_key, end.purge_secret_key)
    bucket = end.bucket

    body = b"x" * 6_000_000
    first = app.put_object(Bucket=bucket, Key="quarantine/a", Body=body)["VersionId"]
    source = {"Bucket": bucket, "Key": "quarantine/a"}
    copied = app.copy_object(Bucket=bucket, Key="case/a", CopySource=source, IfNoneMatch="*")
    again = lambda: app.copy_object(  # noqa: E731
        Bucket=bucket, Key="case/a", CopySource=source, IfNoneMatch="*"
    )
    assert refused(again) == "PreconditionFailed"
    kept = {"Bucket": bucket, "Key": "case/a", "VersionId": copied["VersionId"]}
    until = SystemClock().now() + timedelta(days=1)
    app.put_object_retention(**kept, Retention={"Mode": "COMPLIANCE", "RetainUntilDate": until})

    assert refused(lambda: app.delete_object(Bucket=bucket, Key="quarantine/a")) == "AccessDenied"
    assert refused(lambda: app.delete_object(**kept)) == "AccessDenied"
    bulk = app.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "quarantine/a"}]})
    assert [error["Code"] for error in bulk["Errors"]] == ["AccessDenied"]
    assert refused(lambda: app.put_bucket_policy(Bucket=bucket, Policy="{}")) == "AccessDenied"
    assert refused(lambda: app.delete_bucket(Bucket=bucket)) == "AccessDenied"
    assert refused(lambda: app.list_objects_v2(Bucket="another")) in {
        "AccessDenied",
        "NoSuchBucket",
    }

    with pytest.raises(ClientError):  # retention holds against the purge credential too
        purge.delete_object(**kept)
    with pytest.raises(ClientError):
        purge.delete_object(**kept, BypassGovernanceRetention=True)
    purge.delete_object(Bucket=bucket, Key="quarantine/a", VersionId=first)
    assert refused(lambda: app.get_object(Bucket=bucket, Key="quarantine/a")) == "NoSuchKey"

    stranger = client_for(end.url, end.access_key, "not-the-secret-key")
    assert (
        refused(lambda: stranger.get_object(Bucket=bucket, Key="case/a")) == "SignatureDoesNotMatch"
    )

    with pytest.raises(EmbeddedError, match="in use"):
        EmbeddedS3(folder).start()
    assert EmbeddedS3.running(folder) == end

    assert s3.process is not None
    s3.process.kill()
    s3.process.wait()
    assert s3.died
    s3.stop()
    assert EmbeddedS3.running(folder) is None
    back = s3.start()
    found = client_for(back.url, back.access_key, back.secret_key)
    assert found.get_object(Bucket=bucket, Key="case/a")["Body"].read() == body


def left_behind(folder: Path) -> list[Path]:
    """Sockets of the store's ports under /tmp."""
    ports = json.loads((folder / "s3.ports.json").read_text()).values()
    found = [Path("/tmp").glob(f"seaweedfs-*-grpc-{port}.sock") for port in ports]
    return [one for some in found for one in some]


def test_a_stopped_store_leaves_no_sockets_in_the_common_folder(
    s3: EmbeddedS3, folder: Path
) -> None:
    s3.start()
    assert left_behind(folder)
    s3.stop()
    assert left_behind(folder) == []


def test_a_stop_does_not_wait_until_a_store_ends_of_itself(folder: Path) -> None:
    kept = EmbeddedS3(folder)
    kept.start()
    began = time.monotonic()

    kept.stop(grace=60)

    assert time.monotonic() - began < 12, "of itself it takes fifteen seconds"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can leave a socket of another account")
def test_a_port_with_the_socket_of_another_account_is_passed_over(
    s3: EmbeddedS3, folder: Path
) -> None:
    s3.start()
    s3.stop()
    before = json.loads((folder / "s3.ports.json").read_text())
    foreign = Path(f"/tmp/seaweedfs-master-grpc-{before['master_grpc']}.sock")
    foreign.touch()
    os.chown(foreign, 65534, 65534)
    try:
        s3.start()
        after = json.loads((folder / "s3.ports.json").read_text())
        assert after["master_grpc"] != before["master_grpc"]
        assert after["s3"] == before["s3"]
        s3.stop()
        assert foreign.exists()
    finally:
        foreign.unlink()


def test_a_store_whose_port_was_taken_while_it_started_goes_elsewhere(
    s3: EmbeddedS3, folder: Path
) -> None:
    s3.launch()
    assert s3.process is not None
    s3.process.kill()
    taken = json.loads((folder / "s3.ports.json").read_text())["s3"]
    end = s3.ready()
    assert str(taken) not in end.url
    assert EmbeddedS3.running(folder) == end


def test_everything_listens_on_loopback_only(s3: EmbeddedS3) -> None:
    s3.start()
    assert s3.process is not None
    listening = _listening(s3.process.pid)
    assert listening
    assert {address for address, _ in listening} == {"0100007F"}


def _listening(pid: int) -> set[tuple[str, str]]:
    """Address and port of every listening TCP socket of a process, from /proc."""
    inodes = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(link.readlink())
        except OSError:
            continue
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            words = line.split()
            if words[3] == "0A" and words[9] in inodes:
                address, port = words[1].split(":")
                found.add((address[-8:] if table == "tcp6" else address, port))
    return found


def preflight(url: str, origin: str) -> str:
    """What the store says to a browser that asks whether that page may put."""
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "x-amz-checksum-sha256",
    }
    call = urllib.request.Request(url, method="OPTIONS", headers=headers)
    try:
        with urllib.request.urlopen(call, timeout=10) as answer:
            return str(answer.headers.get("Access-Control-Allow-Origin", ""))
    except urllib.error.HTTPError as refused:
        return str(refused.headers.get("Access-Control-Allow-Origin") or "")


def test_pages_of_our_origin_may_put_parts_and_no_others(folder: Path) -> None:
    own = "https://redress.example"
    store = EmbeddedS3(folder, durable=False, origins=[own])
    with store as end:
        access = S3Access(end.bucket, end.access_key, end.secret_key, end.url)
        storage = S3Storage(access)
        url = storage.sign_part(storage.begin_parts(), 1, 5, "A" * 43 + "=").url

        assert preflight(url, own) == own
        assert preflight(url, "https://evil.example") == ""
