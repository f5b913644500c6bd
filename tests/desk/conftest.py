"""After each test of the desk, the ledger and the doubts agree with the rows."""

import pytest

from tests.desk.agreeing import disagreements


@pytest.fixture(autouse=True)
def agreeing(request, db):
    """Let `desk check` print nothing after the test, unless the test is marked as `disagreeing`."""
    yield
    if not request.node.get_closest_marker("disagreeing"):
        assert disagreements() == []
