"""Whether every factor acts, and what moves with it: before anything is spent."""
