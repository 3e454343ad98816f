"""The way to Redis: where it is, the bell of the workers, and nothing that would be missed if it were lost."""
