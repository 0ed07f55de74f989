"""Where the numbers come from, and every run."""

from dataclasses import replace

from ablate.report.blocks import Facts
from ablate.report.clean import clean
from ablate.report.sections.provenance import provenance
from tests.report import examples
from tests.report.sections.test_results import column


def runs_table(analysis):
    *_, details = provenance(analysis)
    return details.table


def facts(analysis):
    found = [block for block in provenance(analysis) if isinstance(block, Facts)]
    return {fact.name: fact.values for fact in found[0].items}


def test_where_the_numbers_come_from():
    assert facts(examples.full()) == {
        "Setting": ("8×8 handwritten digits of scikit-learn, 1,077 / 360 / 360 images",),
        "Recipe": (
            "epochs 20, batch size 64, lr 0.002, warmup epochs 2, weight decay 0.05,"
            " label smoothing 0.1, shift 1",
        ),
        "Seeds": ("0, 1, 2, 3, 4",),
        "Command": ("ablate run pos_embedding --setting digits",),
        "Commit": ("4f2a91c",),
        "Packages": (
            "Python 3.11.7, torch 2.11.0, torchvision 0.26.0, lightning 2.6.1, scikit-learn 1.9.0",
        ),
        "Device": ("CPU",),
        "Threads per run": ("1",),
        "Platform": ("Linux x86_64",),
    }


def test_the_command_tells_no_folder():
    where = replace(examples.PROVENANCE, command="ablate run /home/me/a.yaml --runs /big/disk/x")
    analysis = replace(examples.full(), provenance=where)
    assert facts(clean(analysis))["Command"] == ("ablate run …/a.yaml --runs …/x",)


def test_every_run_with_how_it_ended():
    table = runs_table(clean(examples.holes()))
    assert len(table.groups[0].rows) == 30
    assert column(table, "State")[5:8] == ["finished", "diverged", "finished"]
    assert column(table, "Top-1 (%)")[5:7] == ["77.78", "–"]
    assert column(table, "Best epoch")[5:7] == ["20", "–"]
    assert column(table, "Remark")[1] == "stale: models/vit.py and torch changed"
    assert column(table, "Remark")[6] == "the loss is NaN in epoch 3"
    assert column(table, "Remark")[16] == "FileNotFoundError: no such file: '…/digits.npz'"


def test_runs_in_another_unit():
    assert column(runs_table(examples.losses()), "Cross-entropy (nats)")[0] == "0.112"
