"""The data that models are trained on; `ablate.data.catalog` lists them without torch."""
