"""`python -m tests.admin_app.write_matrix`: the routes that `access_matrix.yaml` does not have yet, and lines without a
route. What it prints is what the gate says, which is where a review begins and not where it ends."""

import sys

from admin_app.app import create_app
from store.settings import Settings
from tests.admin_app.matrix import as_yaml, gone, missing

# Nothing is connected: the routes are known without a database.
NOWHERE = {"MONGODB_URI": "mongodb://127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0", "SECRET_KEY": "x" * 40}


def main() -> int:
    app = create_app(Settings.from_environment(NOWHERE))
    rows, dead = missing(app), gone(app)
    if rows:
        sys.stdout.write(as_yaml(rows) + "\n")
    for rule, method in dead:
        sys.stdout.write(f"# no such route: {rule} {method}\n")
    return 1 if rows or dead else 0


if __name__ == "__main__":
    sys.exit(main())
