"""The bench of peers: what it counts and what it lets happen."""
