"""Steps of `desk.db`, one after the other, as Django keeps them."""
