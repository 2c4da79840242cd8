"""One module for each tool: a function from its arguments to a report."""
