"""What people type, brought to one spelling: width, script, stray signs, sounds."""

import os
import re
import unicodedata
from functools import lru_cache
from itertools import islice, product
from typing import Protocol

LONGEST = 500  # characters of a message that are read; a story's question stands at its end
_STRAY = re.compile(r"[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]")
_BREAKS = re.compile(r"[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")
_SPACES = re.compile(r"\s+")
_PUNCTUATION = str.maketrans(
    {"。": "。", ",": "，", "?": "？", "!": "！", ";": "；", ":": "：", "~": "", "～": "", "…": ""}
)


class _Converter(Protocol):
    def convert(self, text: str) -> str: ...


@lru_cache(maxsize=1)
def _simplifier() -> _Converter:
    from opencc import OpenCC  # loaded at the first question: it reads its dictionaries from disk

    converter: _Converter = OpenCC("t2s")
    return converter


def normalise(text: str) -> str:
    """Full-width to half-width, Traditional to Simplified, lower case, no control characters.

    Args:
        text: what a person typed; of very long text the end is kept, where the question stands.
    """
    text = text[-LONGEST:].encode("utf-8", "ignore").decode("utf-8")
    text = _STRAY.sub("", unicodedata.normalize("NFKC", _BREAKS.sub(" ", text))).lower()
    text = _simplifier().convert(text).translate(_PUNCTUATION)
    return _SPACES.sub(" ", text).strip()


def is_han(character: str) -> bool:
    """Whether a character is a Chinese one."""
    return "\u4e00" <= character <= "\u9fff"


@lru_cache(maxsize=1)
def _sounds() -> dict[int, str]:
    os.environ.setdefault(
        "PYPINYIN_NO_PHRASES", "true"
    )  # the phrase table is 45 MB and of no use for single characters
    os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")
    from pypinyin.constants import PINYIN_DICT

    return dict(PINYIN_DICT)


def _plain(reading: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFD", reading) if not unicodedata.combining(one))


@lru_cache(maxsize=8192)
def sounds(character: str) -> tuple[str, ...]:
    """The syllables of a Chinese character without tone, near sounds made equal (zh=z, ng=n).

    Returns:
        At most two readings, the commonest first; the character itself where it has none.
    """
    readings_ = _sounds().get(ord(character), character).split(",")
    return tuple(dict.fromkeys(blur(_plain(reading)) for reading in readings_))[:2]


def readings(word: str) -> tuple[tuple[str, ...], ...]:
    """The ways a word may be read aloud, at most eight (长春: zan cun, can cun)."""
    return tuple(islice(product(*map(sounds, word)), 8))


@lru_cache(maxsize=8192)
def spelling(character: str) -> str:
    """The syllable of a Chinese character as people type it in Latin letters (sheng, zhong)."""
    return _plain(_sounds().get(ord(character), character).split(",")[0])


def blur(syllable: str) -> str:
    """Make the sounds equal that speakers and input methods mix up."""
    for from_, to in (("zh", "z"), ("ch", "c"), ("sh", "s")):
        if syllable.startswith(from_):
            syllable = to + syllable[2:]
    return syllable[:-1] if syllable.endswith("ng") else syllable
