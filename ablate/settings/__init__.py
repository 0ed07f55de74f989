"""The named scales at which a study can be run: one YAML file each, beside this one."""

from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from ablate.errors import UnknownNameError
from ablate.recipes import completed
from ablate.settings.schema import Override, Setting

FOLDER = Path(__file__).parent


def setting_names() -> tuple[str, ...]:
    """All settings, in alphabetical order."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@cache
def load_setting(name: str) -> Setting:
    """The setting called `name`. Raises `UnknownNameError`."""
    if name not in setting_names():
        raise UnknownNameError("setting", name, setting_names())
    said = YAML(typ="safe", pure=True).load(FOLDER / f"{name}.yaml")
    return Setting.model_validate({**said, "name": name, "recipe": completed(said["recipe"])})


def overridden(setting: Setting, changes: Override) -> Setting:
    """The setting with a study's changes. Raises pydantic's ValidationError."""
    variants = {**setting.variants, **changes.variants}
    recipe = completed(changes.recipe, setting.recipe)
    return setting.model_copy(update={"variants": variants, "recipe": recipe})
