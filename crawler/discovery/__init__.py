"""An unknown site looked at: its lists found, its family proposed, its cases recorded."""
