"""Operate a deployment: the `claude-sandbox` command and the Python client."""
