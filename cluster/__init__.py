"""Many districts on several machines: one visit to a host for all of them, one owner of each district's store."""
