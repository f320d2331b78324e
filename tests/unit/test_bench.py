"""The stages of `just bench cpu`."""

import pytest

from tools.bench.stages import STAGES, Stopwatch, replace_functions, require_calls


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
