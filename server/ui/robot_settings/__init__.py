"""The page on which an administrator sets a robot up, inside the portal's own dialog (platform.md 5.1)."""
