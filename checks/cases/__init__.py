"""What a check is given (a decision's or a unit's case), and the law of proof that it asks. Pure."""
