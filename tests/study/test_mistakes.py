"""What a user reads who made mistakes: exact text, exact line, all of it at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from ablate.errors import StudyError, UnknownNameError
from ablate.models.catalog import architecture_names, describe
from ablate.recipes import recipe_names
from ablate.recipes.schema import Recipe
from ablate.settings import setting_names
from ablate.study.load import find_study, load_study

GOOD = """\
title: A study
models:
  m:
    architecture: vit
    variant: deit-s
    baseline: {pos_embed: learned}
    ablate: {pos_embed: [none]}
margin: 1
claims:
  - says: it gets worse
    contrast: m[pos_embed=none]
    expect: lower
published:
  m: {top1: 79.8}
labels: {pos_embed: Position embedding}
settings: {digits: {recipe: {epochs: 3}}}
"""

ELEVEN = """\
title: 7
desing: one_factor
models:
  m:
    architecture: vit
    variant: deit-m
    baseline: {pos_embd: learned}
    ablate: {pos_embed: [non]}
seeds: 0
metric: top2
claims:
  - says: it gets worse
    contrast: m[pos_embed=nun]
    expect: lowr
published:
  n: {top1: 1}
setting: digit
"""

KEYS = (
    "title, question, paper, notes, models, design, resolution, factors, seeds, metric, "
    "more_metrics, margin, adjust, claims, published, labels, setting, settings"
)
TOGGLES = ", ".join(describe("vit").toggles)


@pytest.fixture
def mistakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A function from a study's text to the messages about it."""
    monkeypatch.chdir(tmp_path)

    def messages(text: str) -> list[str]:
        Path("s.yaml").write_text(text, encoding="utf-8")
        with pytest.raises(StudyError) as caught:
            load_study("s.yaml")
        return [str(problem) for problem in caught.value.problems]

    return messages


@pytest.fixture
def networks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A user's factory whose levels may be anything."""
    (tmp_path / "networks_of_any_size.py").write_text("def net(size=None): ...\n")
    monkeypatch.syspath_prepend(tmp_path)


def test_eleven_mistakes_give_eleven_messages_at_once(mistakes):
    assert mistakes(ELEVEN) == [
        "s.yaml:1: title: must be a valid string, not 7",
        f"s.yaml:2: desing: unknown key 'desing'; did you mean 'design'? (allowed: {KEYS})",
        "s.yaml:6: models.m.variant: unknown variant 'deit-m'; did you mean 'deit-s'? (allowed: "
        f"{', '.join(describe('vit').variants)})",
        "s.yaml:7: models.m.baseline.pos_embd: unknown factor 'pos_embd'; did you mean "
        f"'pos_embed'? (allowed: {TOGGLES})",
        "s.yaml:8: models.m.ablate.pos_embed.0: 'non' is not a level of pos_embed; did you mean "
        "'none'? allowed: none, learned, learned_2d, sincos_2d, relative",
        "s.yaml:9: seeds: must be greater than or equal to 1, not 0",
        "s.yaml:10: metric: unknown metric 'top2'; did you mean 'top1'? (allowed: top1, loss)",
        "s.yaml:13: claims.0.contrast: no such cell: 'm[pos_embed=nun]'; did you mean "
        "'m[pos_embed=non]'? (allowed: m[pos_embed=non])",
        "s.yaml:14: claims.0.expect: unknown value 'lowr'; did you mean 'lower'? (allowed: lower, "
        "higher, equivalent, not_lower, not_higher)",
        "s.yaml:16: published.n: no such cell: 'n' (allowed: m, m[pos_embed=non])",
        "s.yaml:17: setting: unknown setting 'digit'; did you mean 'digits'? "
        f"(allowed: {', '.join(setting_names())})",
    ]


def test_the_good_study_has_none(tmp_path: Path):
    path = tmp_path / "fine.yaml"
    path.write_text(GOOD, encoding="utf-8")
    assert load_study(path).name == "fine"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("title: A study\n", ""), "s.yaml:1: title: is missing"),
        (("margin: 1\n", "margin: -1\n"), "s.yaml:8: margin: must be greater than 0, not -1"),
        (
            ("margin: 1\n", "margin: 1\nmargin: 2\n"),
            "s.yaml:9: key 'margin' stands here twice",
        ),
        (
            ("title: A study", "title: A study\nname: x"),
            "s.yaml:2: name: a study is named by its file; leave this key out",
        ),
        (
            ("[none]", "[none, learned]"),
            "s.yaml:7: models.m.ablate.pos_embed.1: learned is the baseline's own level",
        ),
        (
            ("[none]", "[none, none]"),
            "s.yaml:7: models.m.ablate.pos_embed.1: none is listed twice",
        ),
        (
            ("pos_embed: [none]}", "pos_embed: [none], depth: [yes]}"),
            "s.yaml:7: models.m.ablate.depth.0: 'yes' is not a value of depth; allowed: a whole "
            "number",
        ),
        (
            ("pos_embed: [none]}", "pos_embed: [none], recipe.lr: [0]}"),
            "s.yaml:7: models.m.ablate.recipe.lr.0: must be greater than 0, not 0",
        ),
        (
            ("pos_embed: [none]}", "pos_embed: [none], recipe.epoch: [1]}"),
            "s.yaml:7: models.m.ablate.recipe.epoch.0: unknown part of the recipe 'epoch'; did you "
            f"mean 'epochs'? (allowed: {', '.join(Recipe.model_fields)})",
        ),
        (
            ("    ablate:", "    cells: [{depth: 2}]\n    ablate:"),
            "s.yaml:7: models.m.cells: does not belong to design 'one_factor', which is made of "
            "`ablate`",
        ),
        (
            ("architecture: vit", "architecture: vits"),
            "s.yaml:4: models.m.architecture: unknown architecture 'vits'; did you mean 'vit'? "
            f"(allowed: {', '.join(architecture_names())})",
        ),
        (
            ("{pos_embed: Position", "{pos_emb: Position"),
            "s.yaml:15: labels.pos_emb: no factor or level 'pos_emb'; did you mean 'pos_embed'? "
            "(allowed: learned, none, pos_embed)",
        ),
        (
            ("{top1: 79.8}", "{top2: 79.8}"),
            "s.yaml:14: published.m.top2: unknown metric 'top2'; did you mean 'top1'? (allowed: "
            "top1, loss)",
        ),
        (
            ("epochs: 3", "epochs: x"),
            "s.yaml:16: settings.digits.recipe.epochs: must be a valid integer, not 'x'",
        ),
        (
            ("epochs: 3", "like: diet"),
            "s.yaml:16: settings.digits.recipe.like: unknown recipe 'diet'; did you mean 'deit'? "
            f"(allowed: {', '.join(recipe_names())})",
        ),
        (
            ("epochs: 3", "like: 3"),
            "s.yaml:16: settings.digits.recipe.like: unknown recipe '3' "
            f"(allowed: {', '.join(recipe_names())})",
        ),
        (
            ("{digits: {recipe", "{digit: {recipe"),
            "s.yaml:16: settings.digit: unknown setting 'digit'; did you mean 'digits'? "
            f"(allowed: {', '.join(setting_names())})",
        ),
        (
            ("margin: 1\n", "seeds: [1, 2, 1]\nmargin: 1\n"),
            "s.yaml:8: seeds: seed 1 is listed 2 times",
        ),
        (
            ("title: A study", "title: !!python/name:os.system A"),
            "s.yaml:1: title: tag tag:yaml.org,2002:python/name:os.system is not allowed; write a "
            "plain value",
        ),
    ],
)
def test_each_mistake_has_its_message(mistakes, change, message):
    before, after = change
    assert before in GOOD
    assert mistakes(GOOD.replace(before, after)) == [message]


@pytest.mark.parametrize("expect", ["equivalent", "not_lower", "not_higher"])
def test_claims_about_equality_need_a_margin(mistakes, expect):
    text = GOOD.replace("margin: 1\n", "").replace("expect: lower", f"expect: {expect}")
    assert mistakes(text) == [
        f"s.yaml:11: claims.0.expect: '{expect}' needs the study to state a `margin`"
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "s.yaml:1: a study is a mapping; see `ablate schema`"),
        ("- 1\n", "s.yaml:1: a study is a mapping; see `ablate schema`"),
        ("a: [1\nb: 2\n", "s.yaml:2: not YAML: expected ',' or ']', but got ':'"),
        ("a: *b\n", "s.yaml:1: not YAML: found undefined alias 'b'"),
    ],
)
def test_what_is_not_a_study_at_all(mistakes, text, message):
    assert mistakes(text) == [message]


def test_a_file_that_is_not_text(tmp_path: Path):
    path = tmp_path / "s.yaml"
    path.write_bytes(b"\xff\xfe\x00title")
    with pytest.raises(StudyError, match="is not a text file in UTF-8"):
        load_study(path)


def test_an_unknown_study_names_the_nearest(tmp_path: Path):
    (tmp_path / "pos_embedding.yaml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(UnknownNameError) as caught:
        find_study("pos_embeding", tmp_path)
    assert str(caught.value) == (
        "unknown study 'pos_embeding'; did you mean 'pos_embedding'? (allowed: pos_embedding)"
    )


@pytest.mark.parametrize(
    ("claim", "messages"),
    [
        (
            "{says: a}",
            [
                "claims.0: a claim has one of contrast, interaction, order; this one has "
                "none of them"
            ],
        ),
        (
            "{says: a, contrast: 'm[pos_embed=none]', order: m > m, expect: lower}",
            [
                "claims.0: a claim has one of contrast, interaction, order; this one has "
                "contrast and order"
            ],
        ),
        ("{says: a, contrast: 'm[pos_embed=none]'}", ["claims.0.expect: is missing"]),
        (
            "{says: a, contrast: m, against: m, expect: lower}",
            ["claims.0.against: m is compared with itself"],
        ),
        (
            "{says: a, contrast: m, against: 'm[pos_embed=non]', expect: lower}",
            [
                "claims.0.against: no such cell: 'm[pos_embed=non]'; did you mean "
                "'m[pos_embed=none]'? (allowed: m, m[pos_embed=none])"
            ],
        ),
        (
            "{says: a, interaction: 'm[pos_embed=none]', expect: lower}",
            [
                "claims.0.interaction: m[pos_embed=none] changes one thing; an interaction "
                "is of two or more"
            ],
        ),
        (
            "{says: a, order: 'm > m[pos_embed=none] > m', expect: lower}",
            [
                "claims.0.expect: does not belong to an order",
                "claims.0.order: names a cell twice",
            ],
        ),
        ("{says: a, order: m}", ["claims.0.order: needs two cells or more, as in a > b"]),
        (
            "{says: a, contrast: 'm[pos_embed=none]', expect: equivalent, by: '>= 1'}",
            ["claims.0.by: belongs to `expect: lower` or `higher`"],
        ),
        (
            "{says: a, contrast: 'm[pos_embed=none]', expect: lower, by: 'lots'}",
            ["claims.0.by: must be a size such as '>= 1.0', not 'lots'"],
        ),
    ],
)
def test_mistakes_in_claims_are_told(mistakes, claim, messages):
    before = GOOD.index("claims:")
    text = f"{GOOD[:before]}claims: [{claim}]\n"
    assert [message.partition(": ")[2] for message in mistakes(text)] == messages


OWN = """\
title: A study
models:
  m:
    model: networks_of_any_size:net
    baseline: {size: base}
    ablate: {size: %s}
%s
"""


@pytest.mark.usefixtures("networks")
@pytest.mark.parametrize(
    ("levels", "rest", "messages"),
    [
        ("[vit s, vits]", "published: {'m[size=vits]': {top1: 80}, m: {top1: 81}}", []),
        (
            "[vit s]",
            "published: {'m[size=vits]': {top1: 80}}",
            [
                "s.yaml:7: published.m[size=vits]: no such cell: 'm[size=vits]'; did you mean "
                "'m[size=vit s]'? (allowed: m, m[size=vit s])"
            ],
        ),
        ("[1, '1']", "claims: [{says: a, contrast: 'm[size=1]', expect: lower}]", []),
        (
            "['1']",
            "claims: [{says: a, contrast: 'm[size=1]', expect: lower}]",
            [
                "s.yaml:7: claims.0.contrast: no such cell: 'm[size=1]'; did you mean "
                '\'m[size="1"]\'? (allowed: m[size="1"])'
            ],
        ),
        (
            "[0.5]",
            "published: {'m[size=.5]': {top1: 80}, 'm[size=0.5]': {top1: 81}}",
            ["s.yaml:7: published.m[size=0.5]: is m[size=.5] again"],
        ),
        (
            "[1, 2]",
            "claims:\n"
            "  - {says: a, order: 'm > m[size=1] > m[size=2]'}\n"
            "  - {says: b, order: 'm>m[size=1.0]>m[size=2]'}",
            ["s.yaml:9: claims.1: asks what claims.0 asks; leave one of them out"],
        ),
        (
            "[true, 1]",
            "",
            ["s.yaml:6: models.m.ablate.size.1: 1 and true are too much alike to be two levels"],
        ),
        (
            "['a b', 'a  b']",
            "",
            [
                's.yaml:6: models.m.ablate.size.1: "a \\x20b" and a b are too much alike to be '
                "two levels"
            ],
        ),
    ],
)
def test_cells_are_told_apart_by_their_levels(mistakes, levels, rest, messages):
    text = OWN % (levels, rest)
    if messages:
        assert mistakes(text) == messages
    else:
        Path("s.yaml").write_text(text, encoding="utf-8")
        assert len(load_study("s.yaml").cells) == 3


@pytest.mark.usefixtures("networks")
def test_names_that_cells_could_not_be_called_by_are_refused(mistakes):
    text = OWN.replace("  m:", "  m[x]:") % ("[1]", "")
    assert mistakes(text) == [
        "s.yaml:3: models.m[x]: 'm[x]' cannot be a name: it has a space at its end or one of "
        "[]=,>\"'"
    ]


@pytest.mark.usefixtures("networks")
def test_names_that_look_the_same_are_refused(mistakes):
    vit = "{architecture: vit, variant: deit-%s}"
    more = f"  m  s: {vit % 's'}\n  m s: {vit % 'b'}"
    text = OWN.rpartition("%s")[0] % "[1]"
    assert mistakes(text + more) == ["s.yaml:8: models.m s: 'm s' looks like the name 'm  s'"]


@pytest.mark.parametrize(
    ("settings", "by", "margin"),
    [("", 0.5, "1"), ("settings: {digits_shifted: {margin: 2.5}}\n", 2, "2.5")],
)
def test_a_claim_about_a_size_that_does_not_matter_is_a_mistake(mistakes, settings, by, margin):
    text = GOOD.replace("settings: {digits: {recipe: {epochs: 3}}}\n", settings)
    claim = f"expect: lower\n    by: '>= {by}'\n"
    assert mistakes(text.replace("expect: lower\n", claim)) == [
        f"s.yaml:13: claims.0.by: '>= {by}' is below the margin: the study's margin is {margin}, "
        "and smaller differences do not matter"
    ]


def test_a_mistyped_design_is_not_blamed_on_the_claims(mistakes):
    (message,) = mistakes(f"design: one_facter\n{GOOD}")
    assert message.startswith(
        "s.yaml:1: design: unknown value 'one_facter'; did you mean 'one_fact"
    )


def test_an_interaction_needs_each_change_alone(mistakes):
    text = GOOD[: GOOD.index("    ablate:")] + (
        "    cells: [{pos_embed: none}, {pos_embed: none, depth: 2}]\n"
        "design: listed\n"
        "claims: [{says: a, interaction: 'm[pos_embed=none,depth=2]', expect: lower}]\n"
    )
    assert mistakes(text) == [
        "s.yaml:9: claims.0.interaction: needs the cell m[depth=2] as well, which the design does "
        "not make"
    ]


BASE = """\
title: Positions
models:
  m:
    architecture: vit
    variant: deit-s
    ablate: {pos_embed: [none]}
margin: 1
"""


@pytest.mark.parametrize(
    ("said", "messages"),
    [
        ("seeds: {min: 3}", ["s.yaml:8: seeds.max: is missing"]),
        (
            "seeds: {min: 5, max: 5}\n"
            "claims: [{says: so, contrast: 'm[pos_embed=none]', expect: lower}]",
            ["s.yaml:8: seeds.max: must be more than min, which is 5"],
        ),
        (
            "seeds: {min: 3, max: 9}",
            ["s.yaml:8: seeds: are added until claims are decided, and this study makes none"],
        ),
        (
            "seeds: {min: 3, mox: 9}",
            [
                "s.yaml:8: seeds.max: is missing",
                "s.yaml:8: seeds.mox: unknown key 'mox'; did you mean 'max'? (allowed: min, max)",
            ],
        ),
        (
            "seeds: {pilot: [0, 1], confirm: [1, 2, 2]}",
            [
                "s.yaml:8: seeds.confirm: seed 1 is in pilot already",
                "s.yaml:8: seeds.confirm: seed 2 is listed 2 times",
            ],
        ),
        ("seeds: {pilot: 3}", ["s.yaml:8: seeds.pilot: must be a list, not 3"]),
        ("seeds: []", ["s.yaml:8: seeds: must have 1 or more entries, not 0"]),
        (
            "more_metrics: [los, top1]",
            [
                "s.yaml:8: more_metrics.0: unknown metric 'los'; did you mean 'loss'? "
                "(allowed: top1, loss)",
                "s.yaml:8: more_metrics.1: top1 is the study's metric already",
            ],
        ),
        ("adjust: tukey", ["s.yaml:8: adjust: unknown value 'tukey' (allowed: holm, dunnett)"]),
    ],
)
def test_seeds_metrics_and_adjustments_that_cannot_be_meant(mistakes, said, messages):
    assert mistakes(f"{BASE}{said}\n") == messages


@pytest.mark.parametrize(
    ("change", "messages"),
    [
        (
            ("[none]", "[none, {a: 1}]"),
            ["s.yaml:7: models.m.ablate.pos_embed.1: must be a valid boolean, not {'a': 1}"],
        ),
        (
            ("claims:\n", "claims:\n  - 5\n"),
            ["s.yaml:10: claims.0: must be a valid dictionary or instance of Claim, not 5"],
        ),
        (
            ("ablate: {pos_embed: [none]}", "ablate: {pos_embed: [none]}\n  n: 5"),
            ["s.yaml:8: models.n: must be a valid dictionary or instance of Model, not 5"],
        ),
        (("    variant: deit-s\n", ""), ["s.yaml:3: models.m.variant: is missing"]),
        (
            ("expect: lower", "expect: lower\n  - {contrast: 3}"),
            [
                "s.yaml:13: claims.1.contrast: must be a valid string, not 3",
                "s.yaml:13: claims.1.expect: is missing",
                "s.yaml:13: claims.1.says: is missing",
            ],
        ),
    ],
)
def test_a_part_of_the_wrong_shape_is_told_once_and_hides_nothing(mistakes, change, messages):
    text = GOOD.replace(*change)
    assert text != GOOD
    assert mistakes(text) == messages
    assert mistakes(text.replace("epochs: 3", "epoch: 3"))[:-1] == messages


def test_changes_of_the_data_that_cannot_be_meant(mistakes):
    text = BASE.replace("{pos_embed: [none]}", "{data.train_share: [2], data.image_sise: [16]}")
    assert mistakes(text) == [
        "s.yaml:6: models.m.ablate.data.image_sise.0: unknown change of the data 'image_sise'; did "
        "you mean 'image_size'? (allowed: image_size, train_share)",
        "s.yaml:6: models.m.ablate.data.train_share.0: must be less than or equal to 1, not 2",
    ]
