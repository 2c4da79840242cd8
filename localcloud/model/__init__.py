"""An offline Messages API with scripted answers and faults, so that the real CLI runs deterministically."""
