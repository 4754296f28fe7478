"""The image: pinned, small, without root."""

import re
import tomllib

from tests.packaging.deployment import ROOT, dockerfile, image_command, last_stage, locked, procfile


def test_every_base_has_a_full_version_and_a_distribution() -> None:
    bases = [each.rest.split()[0] for each in dockerfile() if each.word == "FROM"]
    assert bases
    for base in bases:
        assert re.fullmatch(r"python:\d+\.\d+\.\d+-slim-\w+", base), f"{base} is not pinned"


def test_all_stages_have_the_same_python() -> None:
    assert len({each.rest.split()[0] for each in dockerfile() if each.word == "FROM"}) == 1


def test_nothing_is_called_latest() -> None:
    assert "latest" not in (ROOT / "Dockerfile").read_text()


def test_the_image_runs_as_a_user_that_is_not_root() -> None:
    users = [each.rest for each in last_stage() if each.word == "USER"]
    assert users
    assert users[-1] not in {"root", "0"}


def test_nothing_is_written_into_the_image_after_the_user_is_chosen() -> None:
    words = [each.word for each in last_stage()]
    assert not {"COPY", "ADD", "RUN"} & set(words[words.index("USER") :])


def test_apt_cleans_up_after_itself() -> None:
    for each in dockerfile():
        if each.word == "RUN" and "apt-get install" in each.rest:
            assert "rm -rf /var/lib/apt/lists" in each.rest
            assert "--no-install-recommends" in each.rest


def test_packages_are_installed_from_the_lock_with_hashes_and_without_development_groups() -> None:
    installs = [each.rest for each in dockerfile() if "pip install" in each.rest]
    assert all("--require-hashes" in each for each in installs)
    assert [re.findall(r"/requirements\S+", each) for each in installs] == [
        ["/requirements.build.lock"],
        ["/requirements.prod.lock"],
        ["/requirements.node.lock"],
    ]


# Published as one file. All others come as several, wheels among them.
SOURCE_ALONE, ONE_WHEEL = {"flask-principal", "http-ece"}, {"py-vapid"}


def test_what_is_published_as_source_alone_is_built_and_nothing_else() -> None:
    """With wheels only the image could not be built at all; without the second option pip would fetch a builder that
    no lock names."""
    one_file = {name for name, entry in locked("requirements.prod.lock").items() if entry.count("--hash=") == 1}
    assert one_file == SOURCE_ALONE | ONE_WHEEL
    [product] = [each.rest for each in dockerfile() if "/requirements.prod.lock" in each.rest and each.word == "RUN"]
    [built] = re.findall(r"--no-binary=(\S+)", product)
    assert set(built.split(",")) == SOURCE_ALONE
    assert "--only-binary=:all:" in product
    assert "--no-build-isolation" in product


def test_the_tablet_app_is_built_from_its_lock_and_only_the_result_is_shipped() -> None:
    [build] = [each.rest for each in dockerfile() if "npm" in each.rest]
    assert build.split(" && ")[1:] == ["npm ci --ignore-scripts", "npm run build"]
    shipped = [each.rest for each in last_stage() if each.word == "COPY" and "frontend" in each.rest]
    assert shipped == ["--from=tablet /src/frontend/dist frontend/dist"]


def test_the_tablet_app_has_its_colours_from_the_back_office_wherever_it_is_built() -> None:
    shared = "admin_app/static/css/tokens.css"
    own = (ROOT / "frontend/src/styles/tokens.css").read_text()
    assert f'@import "../../../{shared}";' in own
    words = [(each.word, each.rest) for each in dockerfile()]
    build = next(place for place, (word, rest) in enumerate(words) if word == "RUN" and "npm" in rest)
    assert ("COPY", f"{shared} /src/{shared}") in words[:build]
    [sources] = re.findall(r"^TABLET_SOURCES := (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert shared in sources.split(), "make would not build anew"
    assert not declared(own) & declared((ROOT / shared).read_text()), "said twice"


def declared(css: str) -> set[tuple[bool, str]]:
    """(which rule, its line) of every custom property; of the rule only whether it is for the dark."""
    rules = re.findall(r"(:root[^{]*)\{([^}]*)\}", css)
    return {("dark" in rule, line.strip()) for rule, body in rules for line in body.splitlines() if ":" in line}


def test_what_a_developer_has_built_or_installed_is_not_sent_to_the_builder() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert ignored.index("!frontend") < min(ignored.index("frontend/node_modules"), ignored.index("frontend/dist"))


def test_no_secret_is_baked_in() -> None:
    for each in dockerfile():
        if each.word in {"ENV", "ARG"}:
            assert not re.search(r"SECRET|PASSWORD|TOKEN|_KEY", each.rest, re.IGNORECASE)


def test_files_are_copied_by_name_and_never_added_from_an_address() -> None:
    words = [each.word for each in dockerfile()]
    assert "ADD" not in words
    assert not [each for each in dockerfile() if each.word == "COPY" and each.rest.startswith(". ")]


def test_every_package_of_the_product_is_in_the_image_and_no_other() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = set(config["tool"]["importlinter"]["root_packages"]) - {"bench", "embedded"}
    copied = {each.rest.split()[0] for each in last_stage() if each.word == "COPY"}
    assert packages <= copied
    assert not {"bench", "embedded", "tests"} & copied


def test_all_that_is_copied_is_sent_to_the_builder() -> None:
    sent = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    sources = [each.rest.split()[:-1] for each in dockerfile() if each.word == "COPY" and "--from" not in each.rest]
    whole = {source for group in sources for source in group}
    # A file of a folder that is copied whole in another stage is sent with it.
    assert sent == {source for source in whole if not any(source.startswith(f"{other}/") for other in whole)}


def test_the_image_has_a_health_check_of_the_process_alone() -> None:
    [check] = [each.rest for each in last_stage() if each.word == "HEALTHCHECK"]
    assert "/healthz" in check


def test_the_image_starts_what_the_procfile_calls_web() -> None:
    assert image_command() == procfile()["web"]
