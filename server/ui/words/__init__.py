"""What this side says to people, a module for each page."""

from server.ui.words import install, layout, outside, run, runs, settings, timers

__all__ = ["install", "layout", "outside", "run", "runs", "settings", "timers"]
