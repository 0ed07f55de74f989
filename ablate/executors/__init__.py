"""Where runs happen. One file each; `ablate.executors.base` says what they all promise."""
