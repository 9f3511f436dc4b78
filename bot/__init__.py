"""The outside: network, clock, configuration and transactions."""
