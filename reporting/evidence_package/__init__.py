"""证据包: what one decision's evidence rests on, in a zip that a third person can check with public tools alone."""
