"""Whether every factor acts, and what changes with it, before anything is spent."""
