"""R2: buckets and their lifecycle rules. Objects live in the data plane."""
