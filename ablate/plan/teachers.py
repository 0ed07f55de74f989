"""The teacher of a distilled trial: pretrained, or trained once for the study.

A recipe names its teacher `architecture:variant`. A setting may put a smaller one in its place, as
it does with variants. Where a pretrained network would not know the classes of the data, the
teacher is a trial of its own: same data, the setting's recipe without distillation, one seed.
"""

from ablate.data.catalog import DATA_SETS, Images
from ablate.errors import AblateError, UnknownNameError
from ablate.models.catalog import MODEL_LIBRARIES, describe
from ablate.plan.trial import Trial
from ablate.recipes.schema import Recipe
from ablate.settings.schema import Setting
from ablate.study.schema import Study

SEED = 0
IMAGENET_CLASSES = 1000


def with_teacher(recipe: Recipe, setting: Setting) -> Recipe:
    """The recipe with the teacher that this setting has. Raises `AblateError` if it names none."""
    if recipe.distillation == "none":
        return recipe
    if not recipe.teacher:
        raise AblateError(
            f"recipe.distillation is {recipe.distillation!r}, but recipe.teacher names nobody; "
            "allowed: architecture:variant, such as timm:regnety_160"
        )
    teacher = setting.variants.get(recipe.teacher, recipe.teacher)
    architecture_and_variant(teacher)
    return recipe.model_copy(update={"teacher": teacher})


def undistilled(recipe: Recipe) -> Recipe:
    """The recipe without distillation."""
    return recipe.model_copy(update={"distillation": "none"}).without_idle()


def architecture_and_variant(teacher: str) -> tuple[str, str]:
    """The two halves of a teacher's name. Raises `UnknownNameError` for an unknown one."""
    architecture, _, variant = teacher.partition(":")
    known = describe(architecture).variants
    if variant not in known:
        raise UnknownNameError(f"variant of {architecture}", variant, known)
    return architecture, variant


def teacher_of(study: Study, setting: Setting, recipe: Recipe, images: Images) -> Trial | None:
    """The trial that trains a recipe's teacher on its pupil's images; None if none need be."""
    if recipe.distillation == "none":
        return None
    architecture, variant = architecture_and_variant(recipe.teacher)
    if architecture in MODEL_LIBRARIES and DATA_SETS[setting.data].num_classes == IMAGENET_CLASSES:
        return None  # pretrained
    return Trial(
        study=study.name,
        setting=setting.name,
        cell=f"teacher {recipe.teacher}",
        seed=SEED,
        architecture=architecture,
        variant=variant,
        toggles={},
        recipe=undistilled(setting.recipe),
        data=setting.data,
        images=images,
        metric=study.metric,
    )
