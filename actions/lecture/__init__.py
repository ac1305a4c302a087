"""What the reading screens of the first storey show, gathered by sets. Reads only, no HTML."""
