"""The examples in docstrings are what happens."""

import doctest

from infusion_asp import coding


def test_the_library_example_is_what_happens() -> None:
    failed, attempted = doctest.testmod(coding)
    assert (failed, attempted > 0) == (0, True)
