"""Containers: applications, their rollouts and instances, and the registry's credentials."""
