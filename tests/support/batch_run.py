"""A batch run over the work of `slow_work`, which needs no rulebook and can be broken off.

    python -m tests.support.batch_run INPUT OUT [--resume] [--workers N] [--part-size N]
                                   [--seconds N] [--end-while-writing]

The records of INPUT are lines; its tables are one row of `errors` for each. Prints how it ended.
"""

from __future__ import annotations

import argparse
import signal
from multiprocessing import forkserver
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

from infusion_asp.batch import run as batch
from infusion_asp.batch import summary
from infusion_asp.batch.inputs import sources_of
from infusion_asp.batch.job import Limits
from infusion_asp.batch.stopping import Stopping
from tests.support import slow_work

BOOK = SimpleNamespace(version="1", digest="none")


def main() -> None:
    """Run once."""
    parser = argparse.ArgumentParser()
    parser.add_argument("input")
    parser.add_argument("out", type=Path)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--part-size", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--end-while-writing", action="store_true")
    chosen = parser.parse_args()

    def tell(progress: batch.Progress) -> None:
        print("part", flush=True)
        if progress.merging and chosen.end_while_writing:
            signal.raise_signal(signal.SIGTERM)

    forkserver.set_forkserver_preload([slow_work.__name__])
    limits = Limits(chosen.workers, seconds=chosen.seconds, grace=5.0)
    plan = batch.Plan(
        sources_of([chosen.input]),
        slow_work.Slow(),
        chosen.out,
        size=chosen.part_size,
        limits=limits,
        resume=chosen.resume,
    )
    with (
        mock.patch.object(batch, "load_rulebook", lambda *_: BOOK),
        mock.patch.object(summary, "load_rulebook", lambda *_: BOOK),
        mock.patch.object(batch, "program_digest", lambda: "none"),
        Stopping() as stopping,
    ):
        ended = batch.run(plan, stopping, tell)
    print("whole" if ended.whole else f"stopped {stopping.exit_code}")


if __name__ == "__main__":
    main()
