"""Which allocator the workers of a batch begin with."""

import os

import pytest

from infusion_asp.batch import allocator


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allocator, "find_library", lambda name: f"lib{name}.so.2")
    monkeypatch.setattr(allocator.sys, "platform", "linux")
    monkeypatch.delenv(allocator.CHOICE, raising=False)
    for name in ("LD_PRELOAD", "MALLOC_CONF", "GLIBC_TUNABLES"):
        monkeypatch.delenv(name, raising=False)


def test_workers_begin_with_jemalloc_and_nothing_else_does() -> None:
    with allocator.chosen() as found:
        assert found == "libjemalloc.so.2"
        assert os.environ["LD_PRELOAD"] == found
    assert "LD_PRELOAD" not in os.environ


def test_what_was_preloaded_before_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_PRELOAD", "libother.so")
    with allocator.chosen():
        assert os.environ["LD_PRELOAD"] == "libjemalloc.so.2:libother.so"
    assert os.environ["LD_PRELOAD"] == "libother.so"


def test_the_allocator_of_the_system_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(allocator.CHOICE, "system")
    with allocator.chosen() as found:
        assert found is None
        assert "LD_PRELOAD" not in os.environ


def test_a_machine_without_it_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allocator, "find_library", lambda name: None)
    with allocator.chosen() as found:
        assert found is None
        assert "LD_PRELOAD" not in os.environ


def test_large_pages_are_asked_for_with_and_without_jemalloc(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for library in (lambda name: None, lambda name: f"lib{name}.so.2"):
        monkeypatch.setattr(allocator, "find_library", library)
        with allocator.chosen():
            assert os.environ["MALLOC_CONF"] == "thp:always"
            assert os.environ["GLIBC_TUNABLES"] == "glibc.malloc.hugetlb=1"
        assert "MALLOC_CONF" not in os.environ
        assert "GLIBC_TUNABLES" not in os.environ


def test_what_the_user_says_about_pages_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MALLOC_CONF", "thp:never")
    with allocator.chosen():
        assert os.environ["MALLOC_CONF"] == "thp:never"
    assert os.environ["MALLOC_CONF"] == "thp:never"
