"""What it means: records → one frozen Analysis with every number that will be printed."""
