"""Sites of the replica, one module a structure: pure functions from rows at a moment to bytes."""
