"""What each architecture must have: a module each, found by the architecture's name.

Every module says the same names, so that one test walks them all:

SMALL       the variant for tests
COUNTS      variant → parameters at 224 px and 1000 classes, or as the variant says
CELLS       (variant, keywords, parameters)
GMACS       (variant, keywords, multiply-accumulates of one image in G): every variant of the paper
CONTEXT     toggle → the baseline that it needs to be possible at all
MORE        (toggle, level) → parameters more than the baseline of SMALL
OTHER       toggle without listed levels → another value of it
IMAGE_SIZES other sizes of image for which SMALL can be built
UNREACHED   pattern of the parameters that no gradient can reach
SCALED      (toggle, level, parameter) → the factor between its initial values in cell and baseline
POINTS      official point of the parity fixtures → our module, and its official tensor
"""

from importlib import import_module
from types import ModuleType

from ablate.models.catalog import ARCHITECTURES

EXPECTED: dict[str, ModuleType] = {
    name: import_module(f"tests.models.expected.{name}") for name in ARCHITECTURES
}
