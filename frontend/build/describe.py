"""`python frontend/build/describe.py FILE`: the API's description, for the types of the tablet app. Nothing is connected."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from admin_app.app import create_app
from store.settings import Settings

NOWHERE = {"MONGODB_URI": "mongodb://127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0", "SECRET_KEY": "x" * 40}


def main(file: Path) -> None:
    app = create_app(Settings.from_environment(NOWHERE))
    api = app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    file.write_text(json.dumps(api.spec.to_dict(), ensure_ascii=False))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
