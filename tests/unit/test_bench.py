"""How `just bench` measures CPU time."""

import os
import subprocess
import sys

import pytest

from tools.bench.processes import cpu_seconds
from tools.bench.stages import STAGES, Stopwatch, replace_functions, require_calls

BUSY = "import time\nwhile time.process_time() < 0.1: pass"


def test_a_stage_whose_function_was_renamed_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(STAGES, "renamed", ("rentomatic.requests.search:renamed",))

    with pytest.raises(SystemExit, match=r"rentomatic\.requests\.search:renamed does not exist"):
        replace_functions(Stopwatch())


def test_a_stage_whose_function_is_not_called_is_an_error() -> None:
    first, *others = [name for names in STAGES.values() for name in names]

    with pytest.raises(SystemExit, match=f"Not called: {first}: "):
        require_calls(others)


def test_calls_of_timed_functions_are_counted() -> None:
    stopwatch = Stopwatch()
    inner = stopwatch.timed("inner", lambda number: number + 1)
    outer = stopwatch.timed("outer", lambda: inner(inner(1)))

    stopwatch.start()

    assert outer() == 3
    assert stopwatch.calls == {"outer": 1, "inner": 2}


def test_cpu_time_includes_that_of_ended_children() -> None:
    before = cpu_seconds(os.getpid())

    subprocess.run((sys.executable, "-c", BUSY), check=True)

    # Linux rounds each number down to ticks of 0.01 s.
    assert cpu_seconds(os.getpid()) - before >= 0.05
