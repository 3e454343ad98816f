"""What the container image runs: one word for each part of the service, and its health."""

from __future__ import annotations

import sys

#: Inside a container only its own ports are reachable, so listening everywhere opens nothing.
ROLES = {
    "web": ["serve", "--host", "0.0.0.0"],  # noqa: S104
    "worker": ["worker"],
    "all": ["serve", "--host", "0.0.0.0", "--with-worker"],  # noqa: S104
    "migrate": ["migrate"],
}


def main(arguments: list[str]) -> None:
    """Run a role, or any other command of `dezhurny` as it is."""
    role, *rest = arguments or ["all"]
    if role == "health":
        from cli.health import main as look

        sys.exit(look())
    from cli.main import main as command

    command([*ROLES.get(role, [role]), *rest])


if __name__ == "__main__":
    main(sys.argv[1:])
