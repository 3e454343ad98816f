"""The control side, ``/_sandbox/…``: what people at the pages and tests do to the portal."""
