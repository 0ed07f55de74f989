"""W&B: a copy of what runs write, for those who watch."""
