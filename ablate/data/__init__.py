"""What models are trained on. `ablate.data.catalog` lists it without importing torch."""
