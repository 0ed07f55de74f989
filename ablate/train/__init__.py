"""How one trial is trained, and how it is mirrored to W&B."""
