"""Words, time, text, configuration, the scheme and its calendar: pure, and knows nothing else of the house."""
