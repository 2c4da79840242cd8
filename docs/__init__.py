"""Documentation; of this package only the generator of the reference pages is code."""
