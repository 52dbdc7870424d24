"""What a file of the right shape can still say wrongly: everything that needs more than one value to see."""
