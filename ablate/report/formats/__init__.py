"""The looks of a report: one file or package per format. Nothing here computes or rounds."""
