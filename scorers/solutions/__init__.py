"""The hidden answers: read, checked, and split into the two boards."""
