"""The cost of a model: exact parameters and multiply-accumulates, in total and by part."""
