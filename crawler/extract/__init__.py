"""From a page to labelled values: by labels, never by site."""
