"""Training algorithms, one room each. What they share stands in the rooms below them."""
