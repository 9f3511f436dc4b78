"""How fast and how small: `make bench` prints a table."""
