"""The talk about the register, piece by piece; `handlers.studios` is the handler."""
