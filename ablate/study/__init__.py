"""The question: the schema of a study file, its cells, and every mistake one can make in it."""
