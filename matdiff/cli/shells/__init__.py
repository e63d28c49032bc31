"""What shells and man are given: completion scripts and the manual page."""
