"""What a terminal shows: tables, explanations, trials of a portal, moves of a score."""
