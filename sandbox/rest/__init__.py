"""REST methods of the portal, one file for each family; importing this fills the table."""

from sandbox.rest import app, bizproc, calendar, crm, im, imopenlines, people, tasks, timeman

__all__ = ["app", "bizproc", "calendar", "crm", "im", "imopenlines", "people", "tasks", "timeman"]
