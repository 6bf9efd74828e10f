"""Laws of files in parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.evidence.rules.admission import Reason
from app.evidence.rules.uploads import (
    UPLOAD_MOVES,
    UploadState,
    UploadStep,
    is_checksum,
    is_sha256,
    missing_parts,
    move_upload,
    part_count,
    part_size,
    refused_at_once,
    safe_parts,
    size_of_part,
)
from app.kernel.errors import Refused

SIZES = st.integers(1, 5 * 1024**3)
MIB = 1024 * 1024


@given(SIZES)
def test_parts_cover_the_file_exactly_and_fit_what_stores_take(size: int) -> None:
    part = part_size(size)
    count = part_count(size, part)
    sizes = [size_of_part(size, part, n) for n in (1, count)]

    assert 5 * MIB <= part <= 16 * MIB
    assert 1 <= count <= 10_000
    assert (count - 1) * part + sizes[-1] == size
    assert 0 < sizes[-1] <= part
    assert size_of_part(size, part, 0) == size_of_part(size, part, count + 1) == 0


@given(st.integers(1, 40 * 8 * MIB), st.data())
def test_safe_and_missing_are_the_two_halves(size: int, data: st.DataObject) -> None:
    part = part_size(size)
    numbers = range(1, part_count(size, part) + 1)
    held = data.draw(st.sets(st.sampled_from(numbers)))
    short = data.draw(st.sets(st.sampled_from(numbers)))
    safe = {n: size_of_part(size, part, n) - (n in short) for n in held}

    gaps = missing_parts(size, part, safe)

    assert sorted({*gaps, *safe_parts(size, part, safe)}) == list(numbers)
    assert set(gaps) == set(numbers) - (held - short)


def test_parts_beyond_the_file_make_nothing_whole() -> None:
    assert missing_parts(10, 8 * MIB, {2: 10}) == (1,)
    assert missing_parts(10, 8 * MIB, {1: 11}) == (1,)


@pytest.mark.parametrize("state", UploadState)
@pytest.mark.parametrize("step", UploadStep)
def test_only_the_table_moves_an_upload(state: UploadState, step: UploadStep) -> None:
    target = {(row.source, row.step): row.target for row in UPLOAD_MOVES}.get((state, step))
    if target is not None:
        assert move_upload(state, step) is target
        return
    with pytest.raises(Refused):
        move_upload(state, step)


@pytest.mark.parametrize(
    ("name", "size", "reason"),
    [
        ("a.pdf", 0, Reason.EMPTY), ("a.pdf", 11, Reason.TOO_LARGE), ("a.pdf", 10, Reason.NONE),
        ("SETUP.EXE", 5, Reason.EXECUTABLE), ("beat.flp", 5, Reason.UNOPENABLE), ("stems.zip", 5, Reason.NONE),
        ("noname", 5, Reason.NONE),
    ],
)  # fmt: skip
def test_what_is_refused_before_the_first_byte(name: str, size: int, reason: Reason) -> None:
    assert refused_at_once(name, size, 10) is reason


def test_hashes_have_one_form() -> None:
    assert is_sha256("a" * 64)
    assert not is_sha256("A" * 64)
    assert not is_sha256("a" * 64 + "\n")
    assert is_checksum("A" * 43 + "=")
    assert not is_checksum("A" * 44)
    assert not is_checksum("A" * 43 + "=\n")
