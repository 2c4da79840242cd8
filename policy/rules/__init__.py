"""What a stack must be: pure functions over plain data. It imports neither Pulumi nor the program."""
