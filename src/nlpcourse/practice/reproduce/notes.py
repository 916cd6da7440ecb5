"""What two papers say and leave open, as it goes into the reports; and Kim's printed table."""

from __future__ import annotations

from nlpcourse.practice.reproduce.report import Choice

TABLE_2: dict[str, dict[str, str]] = {
    "films": {
        "rand": "76.1",
        "static": "81.0",
        "non-static": "81.5",
        "multichannel": "81.1",
    },
    "trec": {
        "rand": "91.2",
        "static": "92.8",
        "non-static": "93.6",
        "multichannel": "92.2",
    },
}
"""Kim (2014), Table 2, the columns MR and TREC of his four networks, in per cent.

The films' first three were read in the paper, the others in works that quote the table.
"""

LEXICONS_SAID = (
    "word lists are scored by VADER's rules; only the words differ (section 4)",
    "scores between -0.05 and 0.05 are neutral (section 4)",
    "the truth is the mean of twenty raters, in three classes (section 4)",
    "film sentences were cut from 2,000 whole reviews of Pang and Lee 2004 (section 3.4)",
)

LEXICONS_OPEN = (
    Choice(
        "When is a rating neutral?",
        ("at zero", "within 0.05", "within 0.5"),
        "at zero",
        "the line of the individual humans",
    ),
    Choice(
        "How do three classes weigh in one figure?",
        ("by their size", "alike", "as one heap"),
        "by their size",
        "the line of the individual humans",
    ),
    Choice(
        "When is a score neutral?",
        ("within 0.05, as is said", "at zero"),
        "at zero",
        "SenticNet's line on tweets; the other lists' lines agreed afterwards",
    ),
    Choice(
        "What is the value of a word in a list of signs?",
        ("1", "4"),
        "1",
        "the correlation of Hu and Liu's list on tweets",
    ),
)

LEXICONS_DIFFER = (
    "the film sentences are those of Pang and Lee 2005, whatever the paper says: of 10,605 there "
    "are 10,453 in another copy of that set, letter by letter",
    "the General Inquirer was merged from several sources and may not be the authors' edition",
    "VADER's rules and words are those of the release that came with the paper",
)

KIM_SAID = (
    "filters of 3, 4 and 5 words, 100 of each; dropout 0.5; rows of at most 3; batches of 50",
    "the same settings for all data sets, found on SST-2's validation part",
    "early stopping on a validation part; a random tenth of the training data where there is none",
    "vectors of 300 numbers by word2vec on 100 billion words; other words begin at random",
    "ten folds for the films; TREC's own test part",
)

KIM_OPEN = (
    Choice(
        "Where are sentences cut?",
        ("as in Kim's code",),
        "as in Kim's code",
        "the code; the paper is silent",
    ),
    Choice(
        "Is the case kept?",
        ("lower case", "kept"),
        "lower case",
        "GloVe knows no capitals; the code keeps them for TREC alone",
    ),
    Choice(
        "Are the words of the test in the table of vectors?",
        ("yes", "no"),
        "yes",
        "the code",
    ),
    Choice(
        "How many readings of the data at most?",
        ("6", "12"),
        "12 for TREC, 3 for the films",
        "a tenth of the training data; the code says 25",
    ),
    Choice(
        "How many runs is a printed figure?",
        ("one",),
        "one",
        "nothing says otherwise",
    ),
)

KIM_DIFFER = (
    "vectors by GloVe with 50 numbers, since word2vec's are not at hand; "
    "at random they have 300 on TREC, as in the paper, and 50 on the films",
    "AdamW with a falling rate and a fixed number of readings, not Adadelta and early stopping",
    "10,453 of the 10,662 film sentences, in other folds, of which five of ten were tested on",
    "padding is masked; in the code it is read like a word",
)

KIM_CLAIMS = {
    "A simple network with static vectors does well": (
        "not with GloVe's 50 numbers: on the films it is below random vectors; "
        "the claim is one about good vectors"
    ),
    "Training the vectors further brings further gains": (
        "stands: above static with every seed on TREC and in every fold of the films"
    ),
}
"""What became of the sentences that the paper builds on its table."""
