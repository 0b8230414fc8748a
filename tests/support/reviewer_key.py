"""A key that does not sign, as random as `who_speaks` asks, for districts of tests."""

from hashlib import sha256

KEY = "Zk3vQ9_wLx7TbR2mYc8HnE5sUa1JdG0p"
KEY_SHA256 = sha256(KEY.encode()).hexdigest()
