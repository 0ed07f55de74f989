"""Records: one folder per attempt at a trial, in plain files that are never half written."""
