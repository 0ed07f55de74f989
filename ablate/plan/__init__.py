"""The plan: cells × seeds → trials, each with a signature and a fingerprint."""
