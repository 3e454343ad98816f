"""Installed portals: who they are, how they are reached, what they know of us, and what is owed to them."""
