"""Every part of a model stands in exactly one row of its outline."""

import pytest

from ablate.models import build
from ablate.models.catalog import ARCHITECTURES
from tests.models.expected import EXPECTED


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_parameter_belongs_to_one_row(name: str) -> None:
    model = build(name, EXPECTED[name].SMALL, {}, seed=0)
    rows = model.outline()  # type: ignore[operator]
    assert rows[-1].name == "head"
    for path, _ in model.named_parameters():
        owners = [
            row.name
            for row in rows
            for held in row.holds
            if path == held or path.startswith(f"{held}.")
        ]
        assert len(owners) == 1, (path, owners)
