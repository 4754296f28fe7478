"""`python -m embedded run -- COMMAND…`: run a command with a real mongod and a real redis-server.

`python -m embedded parts PROCFILE`: run all processes of the product, and start again what ends.
"""

import argparse
import os
import sys
from pathlib import Path

UNSUPPORTED = (
    "The embedded servers run on Linux and macOS. On Windows use WSL, or run COMMAND itself "
    "with MONGODB_URI, REDIS_URL and SECRET_KEY set."
)


def main() -> int:
    arguments = _parse(sys.argv[1:])
    if sys.platform == "win32":
        return _complain(UNSUPPORTED)
    # Imported late: these modules need what Windows does not have.
    from embedded import parts
    from embedded.errors import EmbeddedError

    try:
        return parts.run(arguments.procfile, os.environ) if arguments.task == "parts" else _run(arguments)
    except EmbeddedError as error:
        return _complain(str(error))


def _run(arguments: argparse.Namespace) -> int:
    from embedded.lifeline import end_with_parent
    from embedded.ports import require_free
    from embedded.run import run

    if arguments.with_parent:
        end_with_parent()
    if arguments.web_port:
        require_free(arguments.web_port, "Anju (make run PORT=8001)")
    return run(arguments.command, os.environ, arguments.cache_gb, throwaway=arguments.throwaway)


def _parse(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m embedded", description=__doc__)
    tasks = parser.add_subparsers(required=True, dest="task")
    tasks.add_parser("parts", help="run all lines of a Procfile").add_argument("procfile", type=Path)
    run_parser = tasks.add_parser("run", help="run a command with its servers")
    run_parser.add_argument("--cache-gb", type=float, default=0.25, help="memory for mongod's cache (default 0.25)")
    run_parser.add_argument("--web-port", type=int, help="a port that COMMAND will use: checked before anything starts")
    run_parser.add_argument("--with-parent", action="store_true", help="stop when the program that started this ends")
    run_parser.add_argument("--throwaway", action="store_true", help="begin empty, and leave nothing behind")
    run_parser.add_argument("command", nargs="+", metavar="COMMAND")
    return parser.parse_args(words)


def _complain(sentence: str) -> int:
    print(f"anju: {sentence}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
