"""A batch gives every record the answer that `code` and `verify` give it alone."""

import pytest

pytest.importorskip("pyarrow", reason="the extra batch is not installed")

from tests.support.batch_answers import differing, random_records


@pytest.mark.parametrize("seed", range(3))
def test_coded_together_is_coded_alone(seed: int) -> None:
    assert differing(random_records(seed, 100, "code"), "code") == []


@pytest.mark.parametrize("seed", range(3))
def test_verified_together_is_verified_alone(seed: int) -> None:
    assert differing(random_records(1000 + seed, 40, "verify"), "verify") == []
