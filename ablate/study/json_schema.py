"""The JSON Schema of a study file, with which editors complete, check and explain it."""

import ast
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

from ablate.recipes import LIKE, recipe_names
from ablate.recipes import schema as recipe_schema
from ablate.recipes.schema import Recipe
from ablate.settings import schema as setting_schema
from ablate.study import schema as study_schema
from ablate.study.schema import Study


def json_schema() -> dict[str, Any]:
    """The schema of `Study`, each key described by the text below its field in the source."""
    study = Study.model_json_schema()
    recipe = Recipe.model_json_schema()
    parts = {"Study": study, "Recipe": recipe, **study["$defs"]}
    for module in (study_schema, setting_schema, recipe_schema):
        for owner, key, text in _descriptions(module):
            properties = parts.get(owner, {}).get("properties", {})
            if key in properties:
                properties[key]["description"] = text
    parts["Override"]["properties"]["recipe"] |= _changes(recipe)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **study}


def _changes(recipe: dict[str, Any]) -> dict[str, Any]:
    """The parts of a recipe that may be changed: all of them. A part left out keeps its value."""
    like = {"enum": list(recipe_names()), "description": "The recipe to begin with."}
    parts = {
        name: {key: value for key, value in part.items() if key != "default"}
        for name, part in recipe["properties"].items()
    }
    return {"properties": {LIKE: like, **parts}, "additionalProperties": False}


def _descriptions(module: ModuleType) -> Iterator[tuple[str, str, str]]:
    """Each class, field and string below the field."""
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    for owner in (node for node in tree.body if isinstance(node, ast.ClassDef)):
        for field, text in pairwise(owner.body):
            match field, text:
                case (
                    ast.AnnAssign(target=ast.Name(id=key)),
                    ast.Expr(value=ast.Constant(value=str(said))),
                ):
                    yield owner.name, key, " ".join(said.split())
