"""What trained networks look like inside: computed once from their checkpoints, then kept."""
