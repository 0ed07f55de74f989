"""The parser: a command is a file of its name, and nothing that is typed ends in a traceback."""

from __future__ import annotations

import pytest

from ablate.cli.main import COMMANDS, main


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_a_file_that_tells_its_arguments(name, capsys):
    with pytest.raises(SystemExit) as done:
        main([name, "--help"])
    assert done.value.code == 0
    assert COMMANDS[name] in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("seeds", "message"),
    [
        ("0", "from 0 upward, not 0\n"),
        ("-1", "from 0 upward, not -1\n"),
        ("3,3", "from 0 upward, not (3, 3)\n"),
        (",", "from 0 upward, not ()\n"),
        ("", "argument --seeds: invalid seeds value: ''\n"),
        ("5x", "argument --seeds: invalid seeds value: '5x'\n"),
        ("pilot", "error: unknown name of seeds 'pilot' (allowed: none)\n"),
    ],
)
def test_seeds_that_cannot_be(seeds, message, capsys):
    with pytest.raises(SystemExit) as done:
        main(["status", "studies/pos_embedding.yaml", f"--seeds={seeds}", "--runs", "nowhere"])
    assert done.value.code == 2
    assert capsys.readouterr().err.endswith(message)
