"""Panels by their place among those of a figure."""


def called(name, panels):
    """The panel of that name; `seeds-2` is the second of the figure `seeds`."""
    for panel in panels:
        if panel.name == name:
            return panel
    kind, _, number = name.rpartition("-")
    return [panel for panel in panels if panel.name.startswith(f"{kind}-")][int(number) - 1]
