"""`make contracts`: write down what robots promise."""

import sys

from tests.contracts.robots import write_down

if __name__ == "__main__":
    broken = write_down()
    sys.exit("\n".join(broken) if broken else 0)
