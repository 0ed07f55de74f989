"""What a report looks like: one file or package per format. Nothing here computes or rounds."""
