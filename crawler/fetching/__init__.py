"""How a page is asked for: guards, pace, robots, egress, rendering; and whether the answer is genuine."""
