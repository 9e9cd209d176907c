"""Few cases, so that what is measured takes a second and not ten."""

import pytest

from itt.theory import measure


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only one D and one M are measured."""
    monkeypatch.setattr(measure, "COUNTS", {17: (9,)})
