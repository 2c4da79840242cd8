"""Known failures and how they are recognised."""
