"""What will be run: cells × seeds → trials, each with a signature and a fingerprint."""
