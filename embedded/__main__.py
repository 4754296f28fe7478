"""`python -m embedded run -- COMMAND…`: run a command with a real mongod and a real redis-server."""

import argparse
import os
import sys

UNSUPPORTED = (
    "The embedded servers run on Linux and macOS. On Windows use WSL, or run COMMAND itself "
    "with MONGODB_URI, REDIS_URL and SECRET_KEY set."
)


def main() -> int:
    arguments = _parse(sys.argv[1:])
    if sys.platform == "win32":
        return _complain(UNSUPPORTED)
    # Imported late: these modules need what Windows does not have.
    from embedded.errors import EmbeddedError
    from embedded.lifeline import end_with_parent
    from embedded.ports import require_free
    from embedded.run import run

    if arguments.with_parent:
        end_with_parent()
    try:
        if arguments.web_port:
            require_free(arguments.web_port, "Anju (make run PORT=8001)")
        return run(arguments.command, os.environ, arguments.cache_gb)
    except EmbeddedError as error:
        return _complain(str(error))


def _parse(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m embedded", description=__doc__)
    run_parser = parser.add_subparsers(required=True).add_parser("run", help="run a command with its servers")
    run_parser.add_argument("--cache-gb", type=float, default=0.25, help="memory for mongod's cache (default 0.25)")
    run_parser.add_argument("--web-port", type=int, help="a port that COMMAND will use: checked before anything starts")
    run_parser.add_argument("--with-parent", action="store_true", help="stop when the program that started this ends")
    run_parser.add_argument("command", nargs="+", metavar="COMMAND")
    return parser.parse_args(words)


def _complain(sentence: str) -> int:
    print(f"anju: {sentence}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
