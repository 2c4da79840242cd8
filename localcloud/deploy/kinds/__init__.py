"""Kinds of resources: how each is made, read, changed and deleted."""
