"""Evolution strategies (Sec. 3.1): directions, estimators, ask and tell, and the trainer that puts them to work."""
