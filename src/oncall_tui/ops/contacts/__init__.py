"""People and how they are reached: added, changed and removed one by one; contacts verified, tried and told."""
