"""Cores that a process may use: what the machine has, less what affinity and quota forbid."""

import os
from pathlib import Path

import pytest

from infusion_asp.batch.cores import usable_cores


@pytest.fixture(autouse=True)
def eight_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)


def cores(tmp_path: Path, groups: str, files: dict[str, str]) -> int:
    (tmp_path / "groups").write_text(groups)
    for name, text in files.items():
        path = tmp_path / "mount" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return usable_cores(tmp_path / "groups", tmp_path / "mount")


@pytest.mark.parametrize(
    ("quota", "expected"),
    [
        ("max 100000", 8),
        ("1600000 100000", 8),
        ("200000 100000", 2),
        ("150000 100000", 2),
        ("10000 100000", 1),
        ("what", 8),
        ("", 8),
    ],
)
def test_quota_of_version_2(tmp_path: Path, quota: str, expected: int) -> None:
    assert cores(tmp_path, "0::/job\n", {"job/cpu.max": quota}) == expected


def test_quota_of_a_group_around(tmp_path: Path) -> None:
    files = {"a/cpu.max": "300000 100000", "a/b/cpu.max": "max 100000"}
    assert cores(tmp_path, "0::/a/b\n", files) == 3


def test_quota_inside_a_container(tmp_path: Path) -> None:
    assert cores(tmp_path, "0::/unseen/path\n", {"cpu.max": "400000 100000"}) == 4


@pytest.mark.parametrize(("quota", "expected"), [("250000", 3), ("-1", 8)])
def test_quota_of_version_1(tmp_path: Path, quota: str, expected: int) -> None:
    files = {"cpu/job/cpu.cfs_quota_us": quota, "cpu/job/cpu.cfs_period_us": "100000"}
    assert cores(tmp_path, "4:memory:/x\n1:cpu:/job\n", files) == expected


def test_no_control_groups(tmp_path: Path) -> None:
    assert usable_cores(tmp_path / "none", tmp_path / "none") == 8


def test_affinity(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3}, raising=False)
    assert usable_cores(tmp_path / "none", tmp_path / "none") == 1
