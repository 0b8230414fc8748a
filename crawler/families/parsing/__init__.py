"""What several families share: reading rows, items, claims and JSON out of an answer."""
