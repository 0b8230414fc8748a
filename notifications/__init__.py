"""What a unit or the office is told: alerts, and the delivery of letters."""
