"""What holds for every test: no table that the user imported is seen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from infusion_asp.tables.store import VARIABLE


@pytest.fixture(autouse=True, scope="session")
def no_imported_tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The data directory is an empty one, for commands that tests start too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(tmp_path_factory.mktemp("data")))
        yield
