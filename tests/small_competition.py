"""A small competition for tests: made-up texts, two baselines, and a clock to set."""

import datetime

from nlpcourse.practice.competition import tasks


def made_up(n=160):
    """Texts whose label a word gives away; every fourth misleads, every seventh says nothing."""
    words, found = ("home", "prize"), []
    for i in range(n):
        label = i % 2
        word = words[1 - label] if i // 2 % 4 == 0 else words[label]
        word = "what" if i % 7 == 0 else word
        text = f"message {i} says {word} to you now"
        found.append(tasks.Item(text, ("ham", "spam")[label]))
    return tuple(found)


def by_the_word(_, drawn):
    """Two baselines that know the word, and call everything else ham or spam."""
    return {
        f"baseline {rest}": {
            r.id: "spam"
            if "prize" in r.text
            else "ham"
            if "home" in r.text
            else rest
            for r in drawn.test
        }
        for rest in ("ham", "spam")
    }


class Clock:
    """A clock that stands until it is set forward."""

    def __init__(self):
        self.time = datetime.datetime(2026, 11, 29, 23, 0, tzinfo=datetime.UTC)

    def __call__(self):
        return self.time

    def forward(self, hours):
        self.time += datetime.timedelta(hours=hours)
