"""One copy of the project for all pages; each starts with the service up, or with nothing yet."""

from collections.abc import Iterator

import pytest

from tests.docs.project import Project, copied


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    with copied(tmp_path_factory.mktemp("pages") / "project") as project:
        yield project
