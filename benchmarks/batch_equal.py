"""Holds the answers of a batch against those of `code` and `verify`, on random encounters.

    python -m benchmarks.batch_equal [--count N] [--seed S] [--task code|verify]

Prints the ids of the records that differ and ends with 1 if there are any.
"""

from __future__ import annotations

import argparse
import sys

from tests.support.batch_answers import differing, random_records

_TOGETHER = 500


def main(arguments: list[str]) -> int:
    """Compare."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--count", type=int, default=5000, metavar="N")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--task", choices=("code", "verify"), default="code")
    options = parser.parse_args(arguments)
    wrong: list[str] = []
    for start in range(0, options.count, _TOGETHER):
        number = min(_TOGETHER, options.count - start)
        records = random_records(options.seed * options.count + start, number, options.task)
        wrong += differing(records, options.task)
        print(f"{start + number} compared, {len(wrong)} differ", file=sys.stderr)
    for each in wrong:
        print(each)
    print(f"{options.task}: {options.count} records, {len(wrong)} answered differently")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
