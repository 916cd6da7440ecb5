"""What the tags of the Brown corpus mean.

Source: Francis and Kučera (1979), Manual of Information to Accompany the Brown Corpus.
"""

from __future__ import annotations

MEANINGS = {
    "ABL": "pre-qualifier (quite, rather)", "ABN": "pre-quantifier (half, all)",
    "ABX": "both", "AP": "quantifier (many, next)", "AT": "article", "BE": "be", "BED": "were",
    "BEDZ": "was", "BEG": "being", "BEM": "am", "BEN": "been", "BER": "are", "BEZ": "is",
    "CC": "conjunction (and, or)", "CD": "number", "CS": "subordinating conjunction (if, that)",
    "DO": "do", "DOD": "did", "DOZ": "does", "DT": "determiner (this, that)",
    "DTI": "determiner (some, any)", "DTS": "determiner (these, those)",
    "DTX": "determiner (either)", "EX": "there", "HV": "have", "HVD": "had", "HVG": "having",
    "HVN": "had, participle", "HVZ": "has", "IN": "preposition", "JJ": "adjective",
    "JJR": "adjective, comparative", "JJS": "adjective, superlative in sense (chief, top)",
    "JJT": "adjective, superlative in form (biggest)", "MD": "modal verb (can, would)",
    "NN": "noun", "NNS": "noun, plural", "NP": "name", "NPS": "name, plural",
    "NR": "adverbial noun (home, Monday)", "NRS": "adverbial noun, plural", "OD": "ordinal number",
    "PN": "pronoun (everybody)", "PP$": "possessive (my, our)", "PP$$": "possessive (mine, ours)",
    "PPL": "reflexive pronoun (myself)", "PPLS": "reflexive pronoun (themselves)",
    "PPO": "pronoun as an object (me, him)", "PPS": "pronoun, third person (he, it)",
    "PPSS": "pronoun (I, we, they)", "QL": "qualifier (very, too)",
    "QLP": "qualifier behind its word (enough)", "RB": "adverb", "RBR": "adverb, comparative",
    "RBT": "adverb, superlative", "RN": "adverb (here, then)", "RP": "particle (up, off)",
    "TO": "to before a verb", "UH": "interjection", "VB": "verb, base form",
    "VBD": "verb, past tense", "VBG": "verb, -ing form", "VBN": "verb, past participle",
    "VBZ": "verb, third person", "WDT": "what, which", "WP$": "whose", "WPO": "whom",
    "WPS": "who, that", "WQL": "how, qualifier", "WRB": "when, where, how", "NIL": "no tag",
    "*": "not",
}  # fmt: skip
"""The tags without marks and endings."""


def meaning(tag: str) -> str:
    """Say in words what a tag means.

    >>> meaning("NN"), meaning("NP$"), meaning("BER*"), meaning("EX+BEZ"), meaning("?")
    ('noun', 'name, genitive', 'are + not', 'there + is', 'mark')
    """
    if tag in MEANINGS:
        return MEANINGS[tag]
    if "+" in tag.strip("+"):
        return " + ".join(meaning(part) for part in tag.split("+"))
    if tag.endswith("*") and tag != "*":
        return f"{meaning(tag[:-1])} + not"
    if tag.endswith("$") and tag[:-1] in MEANINGS:
        return f"{MEANINGS[tag[:-1]]}, genitive"
    return "mark"
