"""The command line: arguments in, exactly one JSON document out."""
