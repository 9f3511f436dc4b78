"""The memory: one file a noun, its table and its queries together. Nothing here commits or reads a clock."""
