"""Do the tests notice when a wall is taken down?"""
