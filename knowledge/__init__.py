"""The law: what the documents say and how people ask. No database, no network, no clock."""
