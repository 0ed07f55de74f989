import csv
import io
from dataclasses import replace

import pytest

from ablate.errors import AblateError
from ablate.report import DATA
from ablate.report.clean import clean
from ablate.report.formats.data import read_analysis, result, run, safe, table
from tests.report import examples


def write_data(analysis, folder):
    for file, write in DATA.items():
        write(clean(analysis), folder / file)


def read(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_a_row_per_cell_with_twelve_digits(tmp_path):
    write_data(examples.full(), tmp_path)
    rows = read((tmp_path / "results.csv").read_text())
    assert [row["cell"] for row in rows] == [cell.name for cell in examples.full().cells]
    cell = examples.full().cells[1]
    for name, value in (
        ("mean", cell.estimate.mean),
        ("difference_low", cell.contrast.difference.low),
        ("p_adjusted", cell.contrast.p_adjusted),
    ):
        assert float(rows[1][name]) == pytest.approx(value, rel=1e-11)
        assert len(rows[1][name].partition("e")[0].strip("-0.").replace(".", "")) <= 12
    assert rows[1]["pos_embed"] == "none"
    assert rows[1]["trained_variant"] == "deit-8px"
    assert rows[0]["difference"] == ""


def test_what_a_cell_costs_and_what_a_step_does_is_there(tmp_path):
    write_data(examples.costs(), tmp_path)
    row = read((tmp_path / "results.csv").read_text())[0]
    assert (row["macs"], row["images_per_s"]) == ("3480000", "5410.0")
    assert row["step"] == ""
    write_data(examples.ladder(), tmp_path)
    base, row, *_ = read((tmp_path / "results.csv").read_text())
    step = examples.ladder().cells[1].step
    assert base["step"] == base["macs"] == ""
    assert float(row["step_low"]) == pytest.approx(step.difference.low)
    assert float(row["step_p_adjusted"]) == pytest.approx(step.p_adjusted)


def test_a_row_per_trial(tmp_path):
    write_data(examples.holes(), tmp_path)
    rows = read((tmp_path / "runs.csv").read_text())
    assert len(rows) == 30
    assert rows[6]["state"] == "diverged"
    assert rows[6]["score"] == ""
    assert rows[1]["stale"] == "models/vit.py; torch"
    assert rows[16]["cause"] == "FileNotFoundError: no such file: '…/digits.npz'"


def test_a_factor_that_a_model_lacks_is_empty():
    analysis = examples.factors()
    rows = read(table([result(cell, analysis) for cell in analysis.cells]))
    assert rows[0]["use_cls_token"] == "true"
    assert rows[0]["projection"] == ""
    assert rows[4]["projection"] == "[conv,conv,linear]"
    assert rows[4]["use_cls_token"] == ""


@pytest.mark.parametrize("name", examples.ALL)
def test_the_analysis_can_be_read_back(name, tmp_path):
    write_data(examples.ALL[name](), tmp_path)
    again = read_analysis(tmp_path)
    assert again == clean(examples.ALL[name]())
    (tmp_path / "again").mkdir()
    write_data(again, tmp_path / "again")
    for file in DATA:
        assert (tmp_path / "again" / file).read_bytes() == (tmp_path / file).read_bytes()


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@sum", "'@sum"),
        ("none", "none"),
        ("a=1", "a=1"),
        (-1.5, -1.5),
        (None, None),
    ],
)
def test_no_text_is_a_formula_and_numbers_stay_numbers(value, written):
    assert safe(value) == written


def test_a_hostile_name_of_a_column_is_no_formula_either():
    analysis = examples.single()
    cell = replace(analysis.cells[0], levels={"=cmd()": "-x"})
    rows = read(table([result(cell, replace(analysis, factors=("=cmd()",)))]))
    assert rows[0]["'=cmd()"] == '"-x"'  # a level that could be read otherwise has its quotes


def test_text_with_commas_quotes_and_lines_stays_in_its_place(tmp_path):
    row = replace(examples.full().runs[0], cause='a, "b"\nc')
    assert read(table([run(row)]))[0]["cause"] == 'a, "b" c'
    write_data(replace(examples.full(), runs=(row,)), tmp_path)
    assert len((tmp_path / "runs.csv").read_text().splitlines()) == 2


def test_nothing_is_a_file_too():
    assert table([]) == ""


def test_an_analysis_of_another_format_is_refused_not_half_read(tmp_path):
    write_data(replace(examples.full(), format=1), tmp_path)
    with pytest.raises(AblateError, match=r"analysis.json has format 1, and this Ablate reads 3"):
        read_analysis(tmp_path)
