"""Telegram's side of things: what its updates mean, what its messages look like, how it is reached."""
