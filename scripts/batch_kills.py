"""Kills a batch at random moments, resumes it, and compares what it leaves with an undisturbed run.

    python -m scripts.batch_kills INPUT [--kills N] [--seed N] [--place DIR] [-- OPTIONS OF BATCH]

INPUT is worked on once without a disturbance and once with N kills (-9), each after a random share
of the time that the first run took, every start but the first with --resume. All files but
run.json, which holds the time, must have the same bytes; exit code 1 where they don't. Two kills of
three wait for a further part to be kept first, so that most starts get somewhere.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

NOT_THE_SAME = "run.json"


def main() -> None:
    """Run, kill, resume, compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("input", type=Path)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--place", type=Path, help="for the two outputs (default: a new one)")
    at = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    chosen = parser.parse_args(sys.argv[1:at])
    place = Path(tempfile.mkdtemp(dir=chosen.place))
    command = [sys.executable, "-m", "infusion_asp", "batch", str(chosen.input), "--quiet"]
    command += sys.argv[at + 1 :]
    begun = time.monotonic()
    code = subprocess.run([*command, "--out", str(place / "whole")], check=False).returncode
    took = time.monotonic() - begun
    print(f"undisturbed: {took:.1f} seconds, exit code {code}")
    killed = disturbed([*command, "--out", str(place / "killed")], chosen.kills, chosen.seed, took)
    last = subprocess.run(
        [*command, "--out", str(place / "killed"), "--resume"], check=False
    ).returncode
    expected, found = digests(place / "whole"), digests(place / "killed")
    print(f"{killed} kills, then exit code {last}")
    for name in sorted(expected.keys() | found.keys()):
        same = "same" if expected.get(name) == found.get(name) else "DIFFERENT"
        print(f"  {name:24} {same}  {expected.get(name, 'missing')[:16]}")
    good = expected == found and code == last
    if good:
        shutil.rmtree(place)
    sys.exit(0 if good else 1)


def disturbed(command: list[str], kills: int, seed: int, took: float) -> int:
    """Start and kill, until it was killed so often or came to its end; the number of kills."""
    rng = random.Random(seed)
    out = Path(command[command.index("--out") + 1])
    for number in range(kills):
        before = kept(out)
        process = subprocess.Popen([*command, "--resume"])
        while number % 3 and kept(out) <= before and process.poll() is None:
            time.sleep(0.01)
        moment = rng.random() * took / (kills * 2)
        try:
            process.wait(moment)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        else:
            print(f"at its end before kill {number + 1}, with exit code {process.returncode}")
            return number
        print(f"kill {number + 1}: {kept(out)} parts are kept", flush=True)
    return kills


def kept(out: Path) -> int:
    """The parts that are on disk."""
    return len(list(out.glob(".parts/*.part")))


def digests(out: Path) -> dict[str, str]:
    """The digest of each file that a run leaves."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in out.iterdir()
        if path.is_file() and path.name != NOT_THE_SAME
    }


if __name__ == "__main__":
    main()
