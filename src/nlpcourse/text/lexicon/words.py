"""From a text to the words that a sentiment lexicon is asked about, emoticons kept whole.

It does not lower the words, because capitals are evidence, and it cuts at white space alone:
"good.Bad" is one word.
"""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence


def spell_emoji(text: str, emoji: Mapping[str, str]) -> str:
    """Replace every emoji by its English name, with a space before it where there is none.

    An emoji that follows another is set apart; one that follows a space is not.

    >>> spell_emoji("ok😊😊", {"😊": "smiling face"})
    'ok smiling face smiling face'
    """
    spelt, after_space = "", True
    for character in text:
        if character in emoji:
            spelt += ("" if after_space else " ") + emoji[character]
            after_space = False
        else:
            spelt += character
            after_space = character == " "
    return spelt.strip()


def split(text: str) -> list[str]:
    """Cut a text at white space and strip the punctuation off every word.

    What has two characters or fewer without its punctuation keeps it: it may be an emoticon.

    Source: the method `_words_and_emoticons` of vaderSentiment 3.3.2.

    >>> split('Well, "GREAT" :) day... :D')
    ['Well', 'GREAT', ':)', 'day', ':D']
    """
    words = []
    for token in text.split():
        bare = token.strip(string.punctuation)
        words.append(bare if len(bare) > 2 else token)
    return words


def mixes_case(words: Sequence[str]) -> bool:
    """Return whether some of the words are all capitals, and not all of them.

    >>> mixes_case(["so", "GOOD"]), mixes_case(["SO", "GOOD"]), mixes_case(["so", "good"])
    (True, False, False)
    """
    loud = sum(word.isupper() for word in words)
    return 0 < loud < len(words)
