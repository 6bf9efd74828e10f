"""However lines are spread over workers, the outputs are those of one machine. Needs no cluster: workers take turns."""

from __future__ import annotations

import random
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from app.recompute.adapters import spark_engine, spark_tasks
from app.recompute.adapters.spark_tasks import Piece, Source, audit_shard, read_file
from app.recompute.rules.inputs import BadInput
from tests.unit.recompute.reference import World
from tests.unit.recompute.worlds import build, contents, wanted, worlds, write

MALFORMED = "ada,2026-3,2026-01,spotify,DE,QZABC2600001,EUR,1\n"


def in_turns(shards: int, dice: random.Random) -> spark_engine.Spread:
    """The work of a cluster of *shards*, its pieces in any order."""

    def spread(sources: Sequence[Source], terms: Mapping[str, bytes]) -> Iterator[Piece]:
        pieces = [piece for source in sources for piece in read_file(source, shards)]
        dice.shuffle(pieces)
        by_shard: dict[int, list[tuple[int, Piece]]] = defaultdict(list)
        for shard, piece in pieces:
            by_shard[shard].append((shard, piece))
        assert set(by_shard) <= set(range(shards))
        for shard in dice.sample(range(shards), shards):
            yield from audit_shard(iter(by_shard[shard]), terms)

    return spread


@given(worlds, st.integers(1, 3), st.integers(1, 3), st.randoms(use_true_random=False))
@settings(max_examples=8, phases=[Phase.explicit, Phase.reuse, Phase.generate])
def test_any_spreading_gives_the_same_bytes(
    world: World, shards: int, rows: int, dice: random.Random
) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(spark_tasks, "ROWS", rows)
        command = write(world, Path(folder), dice, pieces=dice.choice((1, 2)))
        spark_engine.audit(command, in_turns(shards, dice))
        found = contents(command.out)

    assert found == wanted(world)


@pytest.mark.parametrize("seed", [68, 129, 189])
def test_every_cause_and_every_suspense_in_three_shards(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spark_tasks, "ROWS", 2)
    world = build(seed)
    command = write(world, tmp_path, random.Random(seed), pieces=2)

    spark_engine.audit(command, in_turns(3, random.Random(seed)))

    assert contents(command.out) == wanted(world)


def test_lines_without_a_recording_are_spread(tmp_path: Path) -> None:
    """Stores report many lines without a code; they must not make one worker's day."""
    world = build(3)
    world.sales = [
        world.sales[0] | {"isrc": "", "store": f"store {n}", "gross": "1"} for n in range(400)
    ]
    command = write(world, tmp_path, random.Random(1))

    shards = {shard for shard, _piece in read_file(Source(0, "sales", str(command.sales[0])), 4)}

    assert shards == {0, 1, 2, 3}


def test_a_problem_names_the_file_as_it_was_given(tmp_path: Path) -> None:
    command = write(build(3), tmp_path, random.Random(1))
    (file,) = command.paid
    file.write_text(file.read_text("utf-8").splitlines(keepends=True)[0] + MALFORMED, "utf-8")
    link = tmp_path / "march.csv"
    link.symlink_to(file)

    control = spark_engine.audit(replace(command, paid=(link,)), in_turns(2, random.Random(1)))

    assert [one["file"] for one in control["problems"]] == ["march.csv"]


def test_problems_keep_the_order_of_the_files_whoever_met_them(tmp_path: Path) -> None:
    command = write(build(3), tmp_path, random.Random(1), pieces=2)
    for number, file in enumerate(command.paid):
        lines = file.read_text("utf-8").splitlines(keepends=True)
        file.write_text("".join([lines[0], MALFORMED * (number + 1), *lines[1:]]), "utf-8")

    control = spark_engine.audit(command, in_turns(3, random.Random(2)))

    assert [(one["file"], one["line"]) for one in control["problems"]] == [
        ("paid0.csv", 2),
        ("paid1.csv", 2),
        ("paid1.csv", 3),
    ]


def test_a_worker_that_misses_a_file_ends_it_and_nothing_is_written(tmp_path: Path) -> None:
    """A file that this process sees and a worker does not: no folder that both share."""
    command = write(build(3), tmp_path, random.Random(1), pieces=2)

    def spread(sources: Sequence[Source], terms: Mapping[str, bytes]) -> Iterator[Piece]:
        command.paid[1].unlink()
        yield from in_turns(2, random.Random(1))(sources, terms)

    with pytest.raises(BadInput, match=r"paid1\.csv"):
        spark_engine.audit(command, spread)
    assert not command.out.exists()
