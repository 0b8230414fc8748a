"""Workbooks that go out to be filled in and come back: review, replies, samples, the month's figures."""
