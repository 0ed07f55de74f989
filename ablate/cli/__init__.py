"""The command line: one file per command over one parser."""
