"""The obligations of `ablate.run.executors.base`, checked for every executor there is."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ablate.run.executors.base import Ended, Executor
from ablate.run.executors.inline import InlineExecutor
from ablate.run.executors.local import LocalExecutor
from tests.run.executors.targets import behave

PATIENCE_S = 60


@pytest.fixture(params=["inline", "local"])
def executor(request) -> Iterator[Executor]:
    if request.param == "inline":
        made: Executor = InlineExecutor(behave)
    else:
        made = LocalExecutor(behave, workers=2)
    yield made
    made.close()


@pytest.fixture
def isolated() -> Iterator[Executor]:
    made = LocalExecutor(behave, workers=2)
    yield made
    made.close()


@pytest.fixture
def order(tmp_path: Path) -> Callable[[str], Path]:
    """A function that makes a run folder in which something is to be done."""

    def make(what: str) -> Path:
        folder = tmp_path / f"{len(list(tmp_path.iterdir()))}-{what}"
        folder.mkdir()
        (folder / "order").write_text(what)
        return folder

    return make


def wait_for(executor: Executor, count: int) -> dict[Path, Ended]:
    """Poll until `count` runs have ended; each must be reported once."""
    ended: dict[Path, Ended] = {}
    limit = time.monotonic() + PATIENCE_S
    while len(ended) < count:
        assert time.monotonic() < limit, f"only {len(ended)} of {count} runs were reported"
        for one in executor.poll(0.1):
            assert one.folder not in ended
            ended[one.folder] = one
    return ended


def wait_until(condition: Callable[[], bool]) -> None:
    limit = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.01)


def is_gone(pid: int) -> bool:
    """Whether no process has that number, zombies aside."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


class TestEveryExecutor:
    def test_a_run_is_done_and_reported_once(self, executor, order):
        folder = order("work")
        executor.submit(folder)
        assert wait_for(executor, 1)[folder].trouble is None
        assert (folder / "done").read_text() == "work"
        assert executor.poll(0.0) == []

    def test_capacity_and_threads_share_the_machine(self, executor):
        assert executor.capacity >= 1
        assert 1 <= executor.threads * executor.capacity <= max(2, os.cpu_count() or 1)

    @pytest.mark.parametrize("what", ["fail", "leave"])
    def test_trouble_is_told_and_harms_no_other(self, executor, order, what):
        bad, good = order(what), order("work")
        executor.submit(bad)
        ended = wait_for(executor, 1)
        executor.submit(good)
        ended |= wait_for(executor, 1)
        assert ended[bad].trouble
        assert ended[good].trouble is None
        assert not (bad / "done").exists()

    def test_canceling_what_has_ended_is_harmless(self, executor, order):
        folder = order("work")
        executor.submit(folder)
        wait_for(executor, 1)
        executor.cancel(folder)
        assert executor.poll(0.0) == []

    def test_closing_twice_is_harmless(self, executor):
        executor.close()
        executor.close()
        assert executor.poll(0.0) == []

    def test_polling_with_nothing_to_do_returns(self, executor):
        assert executor.poll(0.01) == []


class TestIsolatedRuns:
    def test_runs_go_on_side_by_side(self, isolated, order):
        hanging, working = order("hang"), order("work")
        isolated.submit(hanging)
        isolated.submit(working)
        assert list(wait_for(isolated, 1)) == [working]

    def test_a_crash_names_its_signal(self, isolated, order):
        folder = order("crash")
        isolated.submit(folder)
        assert wait_for(isolated, 1)[folder].trouble == "killed by signal 9 (SIGKILL)"

    def test_an_exit_status_is_told(self, isolated, order):
        folder = order("leave")
        isolated.submit(folder)
        assert wait_for(isolated, 1)[folder].trouble == "ended with exit status 3"

    @pytest.mark.parametrize("what", ["hang", "hang_deaf"])
    def test_a_hanging_run_can_be_cancelled_and_is_reported(self, isolated, order, what):
        folder = order(what)
        isolated.submit(folder)
        wait_until((folder / "began").exists)
        isolated.cancel(folder)
        assert wait_for(isolated, 1)[folder].trouble.startswith("killed by signal")

    def test_closing_leaves_no_process_behind(self, isolated, order):
        folders = [order("hang"), order("hang_deaf")]
        for folder in folders:
            isolated.submit(folder)
        wait_until(lambda: all((f / "began").exists() for f in folders))
        pids = [int((folder / "began").read_text()) for folder in folders]
        isolated.close()
        assert all(is_gone(pid) for pid in pids)

    def test_a_run_has_a_process_of_its_own_and_todays_environment(
        self, isolated, order, monkeypatch
    ):
        first, second = order("work"), order("work")
        isolated.submit(first)
        monkeypatch.setenv("ABLATE_TEST", "set after the fork server was started")
        isolated.submit(second)
        wait_for(isolated, 2)
        pids = {(folder / "began").read_text() for folder in (first, second)}
        assert len(pids) == 2
        assert str(os.getpid()) not in pids


def test_inline_says_that_it_is_not_isolated():
    assert not InlineExecutor(behave).isolated
    assert LocalExecutor(behave, workers=1).isolated


def test_inline_can_cancel_only_what_has_not_begun(order):
    executor = InlineExecutor(behave)
    folder = order("work")
    executor.submit(folder)
    executor.cancel(folder)
    assert executor.poll(0.0) == [Ended(folder, "cancelled before it began")]
    assert not (folder / "began").exists()
