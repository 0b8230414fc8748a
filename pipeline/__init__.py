"""Use cases over the store: each joins the pure stages with what is kept, for the scheduler and the commands."""
