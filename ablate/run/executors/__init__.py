"""Where runs happen. One file each; `ablate.run.executors.base` says what they all promise."""
