"""A build of the tablet app with one file of each sort: for tests of the doors, without the time of a real one."""

from pathlib import Path

FILES = {
    "index.html": "<title>安居</title>",
    "service-worker.js": "self",
    "manifest.webmanifest": '{"name":"安居"}',
    "assets/index-abc.js": "export {}",
    "icons/192.png": "png",
}


def small_build(folder: Path) -> Path:
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder
