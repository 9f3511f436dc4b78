"""Platforms on loopback that speak the real protocols and hold us to their rules."""
