"""Owns how many cores this process may use."""

from __future__ import annotations

import os
from pathlib import Path

_GROUPS = Path("/proc/self/cgroup")
_MOUNT = Path("/sys/fs/cgroup")


def usable_cores(groups: Path = _GROUPS, mount: Path = _MOUNT) -> int:
    """Cores that are allowed by affinity and by the CPU quota of the control group, at least 1.

    A quota of one and a half cores counts as two: one of two workers then waits now and then.
    """
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # not on Linux
        cores = os.cpu_count() or 1
    quotas = [quota for quota in _quotas(groups, mount) if quota > 0]
    return max(1, min([cores, *(_up(quota) for quota in quotas)]))


def _up(quota: float) -> int:
    return -int(-quota // 1)


def _quotas(groups: Path, mount: Path) -> list[float]:
    """The quotas of the group of this process and of those around it, in cores."""
    found: list[float] = []
    for place in _places(groups, mount):
        found += _version_2(place / "cpu.max")
        found += _version_1(place)
    return found


def _places(groups: Path, mount: Path) -> list[Path]:
    """The directories that may hold a quota: inside a container the path may not exist."""
    places = [mount, mount / "cpu"]
    for line in _text(groups).splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers not in ("", "cpu", "cpu,cpuacct", "cpuacct,cpu"):
            continue
        top = mount / controllers if controllers else mount
        parts = Path(path.lstrip("/")).parts
        places += [top.joinpath(*parts[:depth]) for depth in range(len(parts) + 1)]
    return list(dict.fromkeys(places))


def _version_2(path: Path) -> list[float]:
    quota, _, period = _text(path).strip().partition(" ")
    return [int(quota) / int(period)] if quota.isdecimal() and period.isdecimal() else []


def _version_1(place: Path) -> list[float]:
    quota = _text(place / "cpu.cfs_quota_us").strip()
    period = _text(place / "cpu.cfs_period_us").strip()
    return [int(quota) / int(period)] if quota.isdecimal() and period.isdecimal() else []


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, ValueError):
        return ""
