"""The networks of torchvision and timm, by the names that they have there, listed without torch.

Both libraries put a decorator above each function that makes a network. Their source text is
searched for it, some hundred files in a few hundredths of a second; importing them takes seconds.
timm has several sets of weights for many networks and tells them apart by a tag,
`regnety_160.deit_in1k`; without one it takes those that it thinks best.
"""

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

# Other decorators may stand between this one and the function.
REGISTERED = re.compile(r"^@register_model\b.*\n(?:(?!def ).*\n)*def (\w+)", re.MULTILINE)


TAGGED = re.compile(r"""^\s+['"](\w+)(\.\w+)['"]\s*:""", re.MULTILINE)


@cache
def network_names(library: str) -> tuple[str, ...]:
    """The classification networks of a library in alphabetical order; none if it is missing."""
    found = find_spec(library)
    folders = found.submodule_search_locations if found else None
    files = [file for folder in folders or () for file in Path(folder, "models").glob("*.py")]
    sources = [file.read_text("utf-8") for file in files]
    names = {name for source in sources for name in REGISTERED.findall(source)}
    tagged = (found for source in sources for found in TAGGED.findall(source))
    return tuple(sorted(names | {name + tag for name, tag in tagged if name in names}))
