"""The talk: plain synchronous functions that make a reply of a conversation."""
