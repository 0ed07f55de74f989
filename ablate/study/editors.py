"""The JSON Schema of a study file, with which editors complete, check and explain it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from ablate.recipes import LIKE, recipe_names
from ablate.study import schema
from ablate.study.schema import Recipe, Study


def json_schema() -> dict[str, Any]:
    """The shape of `Study`, each key described by the text below it in `schema.py`."""
    shape = Study.model_json_schema()
    recipe = Recipe.model_json_schema()
    parts = {"Study": shape, "Recipe": recipe, **shape["$defs"]}
    for owner, key, text in _descriptions():
        properties = parts.get(owner, {}).get("properties", {})
        if key in properties:
            properties[key]["description"] = text
    parts["Override"]["properties"]["recipe"] |= _changes(recipe)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **shape}


def _changes(recipe: dict[str, Any]) -> dict[str, Any]:
    """What may be changed in a recipe: any of its parts, and all of it. Unsaid, nothing changes."""
    like = {"enum": list(recipe_names()), "description": "The recipe to begin with."}
    parts = {
        name: {key: said for key, said in part.items() if key != "default"}
        for name, part in recipe["properties"].items()
    }
    return {"properties": {LIKE: like, **parts}, "additionalProperties": False}


def _descriptions() -> Iterator[tuple[str, str, str]]:
    """Class, field and the string that stands below the field."""
    tree = ast.parse(Path(schema.__file__).read_text(encoding="utf-8"))
    for owner in (node for node in tree.body if isinstance(node, ast.ClassDef)):
        for field, text in pairwise(owner.body):
            match field, text:
                case (
                    ast.AnnAssign(target=ast.Name(id=key)),
                    ast.Expr(value=ast.Constant(value=str(said))),
                ):
                    yield owner.name, key, " ".join(said.split())
