"""One frame: a row for every planned trial, also of those not run, whoever ran the others."""
