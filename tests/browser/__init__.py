"""The web chat in a real Chromium, served by the real program."""
