"""The documents where somebody has them, and a copy of the data that may be spoilt."""

import os
from pathlib import Path
from shutil import copytree

import pytest

from knowledge.library import FOLDER, Library
from knowledge.originals import Originals, read_originals

VARIABLE = "STEWARD_TEST_ORIGINALS"
BESIDE = Path(__file__).parents[3] / "shared" / "documents"  # not part of the project


@pytest.fixture(scope="session")
def documents() -> Path:
    """The folder with copies of the five documents."""
    folder = Path(os.environ.get(VARIABLE) or BESIDE)
    if not folder.is_dir():
        pytest.skip(f"no copies of the documents at {folder}; {VARIABLE} names another folder")
    return folder


@pytest.fixture(scope="session")
def originals(documents: Path, library: Library) -> Originals:
    return read_originals(documents, library)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the knowledge folder's data."""
    return copytree(
        FOLDER, tmp_path / "knowledge", ignore=lambda _, names: [one for one in names if one.endswith(".py")]
    )
