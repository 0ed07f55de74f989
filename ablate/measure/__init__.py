"""What a model costs: exact parameters and multiply-accumulates, in total and by part."""
