"""The budget of a plan: time, memory, disk, and what its seeds can show."""
