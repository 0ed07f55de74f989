"""The sections of a report: one file each, from the analysis to blocks."""
