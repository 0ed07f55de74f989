"""A setting, and a study's changes to it, as frozen pydantic models."""

from ablate.recipes.schema import Positive, Recipe, Scalar, StrictModel


class Setting(StrictModel):
    """A scale at which a question is asked: data, sizes that fit them, and the recipe."""

    name: str
    """The name of its file."""
    title: str
    data: str
    """A data set of `ablate.data`."""
    variants: dict[str, str]
    """The study's variant → the variant trained at this scale."""
    recipe: Recipe


class Override(StrictModel):
    """A study's changes to a setting."""

    variants: dict[str, str] = {}
    recipe: dict[str, Scalar] = {}
    """Parts of the recipe; after `like: deit`, of that paper's instead of the setting's."""
    margin: Positive | None = None
