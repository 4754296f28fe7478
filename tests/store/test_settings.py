"""Configuration is read once; a value that cannot be used stops the start with its name."""

import pytest

from store.settings import BadSetting, Settings

GOOD = {
    "MONGODB_URI": "mongodb://127.0.0.1:27017/anju",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "SECRET_KEY": "k" * 32,
}


def test_the_three_needed_settings_are_enough():
    settings = Settings.from_environment(GOOD)
    assert (settings.timezone, settings.language, settings.second_factor) == ("Asia/Shanghai", "zh", frozenset())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MONGODB_URI", ""),
        ("MONGODB_URI", "postgres://127.0.0.1/anju"),
        ("MONGODB_URI", "mongodb://"),
        ("MONGODB_URI", "mongodb://mongo:port/anju"),
        ("MONGODB_URI", "mongodb://anju:50%@mongo/anju"),
        ("MONGODB_URI", "mongodb://anju:a/b@mongo/anju"),
        ("MONGODB_URI", "mongodb://mongo/an.ju"),
        ("REDIS_URL", "127.0.0.1:6379"),
        ("REDIS_URL", "redis://redis:port/0"),
        ("REDIS_URL", "redis://:a[b@redis/0"),
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "changeme"),
        ("SECRET_KEY", "k" * 31),
        ("ANJU_TIMEZONE", "Asia/Atlantis"),
        ("ANJU_LANGUAGE", "fr"),
        ("SMTP_URL", "http://mail.example"),
        ("SMTP_URL", "smtp://"),
        ("SMTP_URL", "smtps://anju:a[b@mail.example"),
        ("IMAP_URL", "imaps://mail.example:port"),
        ("ANJU_BASE_URL", "anju.example"),
        ("ANJU_BASE_URL", "https://"),
        ("ANJU_BASE_URL", "https://[anju.example"),
        ("ANJU_SECOND_FACTOR", "maybe"),
        ("VAPID_PRIVATE_KEY", "too-short"),
        ("VAPID_PRIVATE_KEY", "k" * 44),
    ],
)
def test_a_bad_value_is_refused_by_its_name_and_never_repeated(name, value):
    with pytest.raises(BadSetting) as refused:
        Settings.from_environment({**GOOD, name: value})
    assert refused.value.name == name
    assert not value or value not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MONGODB_URI", "mongodb://anju:secret@a:27017,b:27017/anju?replicaSet=rs0&authSource=anju"),
        ("MONGODB_URI", "mongodb://mongo"),
        ("MONGODB_URI", "mongodb+srv://cluster.example/anju"),
        ("REDIS_URL", "unix:///run/redis.sock"),
        ("REDIS_URL", "redis:///0"),
        ("SMTP_URL", "smtps://anju:a%5Bb@mail.example/?from=anju@example.com"),
        ("ANJU_BASE_URL", "http://[::1]:8000"),
    ],
)
def test_an_address_in_any_of_its_forms_is_taken(name, value):
    Settings.from_environment({**GOOD, name: value})


def test_the_base_address_has_no_slash_at_its_end():
    assert (
        Settings.from_environment({**GOOD, "ANJU_BASE_URL": "https://anju.example/"}).base_url == "https://anju.example"
    )
