"""What portals call: robots, events, the installation."""
