"""The places where runs happen, one file each; `base` says what all of them promise."""
