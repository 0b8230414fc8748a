"""What answers each page; see `desk.urls`."""
