"""Sentences in the readers' languages, written once, beside the code that says them."""

from typing import Literal, NamedTuple

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


class Words(NamedTuple):
    """One sentence in Chinese and English. Placeholders are filled by `fill`."""

    zh: str
    en: str

    def text(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh

    def fill(self, **values: object) -> "Words":
        """Fill `{name}` placeholders in both languages; a value that is `Words` is taken in each language."""

        def inside(language: str) -> dict[str, object]:
            return {k: v.text(language) if isinstance(v, Words) else v for k, v in values.items()}

        return Words(self.zh.format(**inside("zh")), self.en.format(**inside("en")))


def translated(value: object) -> Words:
    """The `Words` of a stored translated field `{"zh": …, "en": …}`; a missing English falls back to Chinese."""
    if isinstance(value, dict):
        zh = str(value.get("zh") or value.get("en") or "")
        return Words(zh, str(value.get("en") or zh))
    return Words(str(value or ""), str(value or ""))
