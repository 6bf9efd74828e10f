"""Reads a NACHA file by the published layouts alone, and checks what a bank checks before it takes one.

Written from the record layouts of the Nacha Operating Rules as banks publish them, by position; it shares
nothing with the writer.
"""

from __future__ import annotations

from dataclasses import dataclass

WEIGHTS = (3, 7, 1, 3, 7, 1, 3, 7, 1)


@dataclass(frozen=True)
class Entry:
    code: str
    sec: str
    routing: str
    account: str
    cents: int
    number: str
    name: str


def read(content: bytes) -> list[Entry]:
    """The entries in order; AssertionError for whatever a bank refuses."""
    lines = content.decode("ascii").split("\r\n")
    assert lines.pop() == ""
    assert all(len(line) == 94 for line in lines)
    assert len(lines) % 10 == 0
    records = [line for line in lines if line != "9" * 94]
    assert lines == records + ["9" * 94] * (len(lines) - len(records))
    assert len(lines) - len(records) < 10
    head, control = records[0], records[-1]
    assert head[0:3] == "101"
    assert head[34:40] == "094101"
    assert _is_routing(head[4:13])
    entries, batches, sums = [], 0, []
    sec, held = "", list[str]()
    traces: list[str] = []
    for line in records[1:-1]:
        if line[0] == "5":
            assert line[1:4] == "220"
            assert line[78] == "1"
            batches, sec, held = batches + 1, line[50:53], []
            assert sec in {"PPD", "CCD"}
            assert int(line[87:94]) == batches
            company = line[40:50]
        elif line[0] == "6":
            held.append(line)
            traces.append(line[79:94])
            entries.append(_entry(line, sec))
        else:
            assert line[0:4] == "8220"
            assert line[44:54] == company
            sums.append(_control(line[4:44], held, 6))
            assert line[79:87] == head[4:12]
            assert int(line[87:94]) == batches
    assert traces == sorted(set(traces))
    assert all(trace[:8] == head[4:12] for trace in traces)
    assert control[0] == "9"
    assert int(control[1:7]) == batches == len(sums)
    assert int(control[7:13]) == len(lines) // 10
    everything = [line for line in records if line[0] == "6"]
    assert _control(control[13:55], everything, 8) == sum(sums)
    return entries


def _entry(line: str, sec: str) -> Entry:
    assert _is_routing(line[3:12])
    assert line[1:3] in {"22", "32"}
    assert line[78] == "0"
    assert int(line[29:39]) > 0
    return Entry(
        line[1:3], sec, line[3:12], line[12:29].strip(), int(line[29:39]), line[39:54].strip(),
        line[54:76].strip(),
    )  # fmt: skip


def _control(text: str, entries: list[str], width: int) -> int:
    """Count, hash, debits and credits as they stand; the credits."""
    assert int(text[:width]) == len(entries)
    assert text[width : width + 10] == str(sum(int(line[3:11]) for line in entries))[-10:].rjust(
        10, "0"
    )
    assert int(text[width + 10 : width + 22]) == 0
    credits_ = int(text[width + 22 : width + 34])
    assert credits_ == sum(int(line[29:39]) for line in entries)
    return credits_


def _is_routing(text: str) -> bool:
    return len(text) == 9 and sum(int(d) * w for d, w in zip(text, WEIGHTS, strict=True)) % 10 == 0
