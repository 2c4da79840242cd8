"""What `pulumi up` declares."""
