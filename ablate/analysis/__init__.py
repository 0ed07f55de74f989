"""From results to one frozen Analysis: every number and every decision that a report states."""
