"""What a report says: one file per section, each from the analysis to blocks."""
