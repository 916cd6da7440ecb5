"""Two tables of the paper, as far as the chapter quotes them.

Source: Raffel et al. (2020), tables 6, 11 and 12: mean score on GLUE, exact match on SQuAD, BLEU
from English to German, all with models of the baseline's size.
"""

from __future__ import annotations

COLUMNS = ("GLUE", "SQuAD", "English–German")

CORRUPTION_RATES = {  # table 6
    "10 %": (82.82, 80.38, 26.87),
    "15 %": (83.28, 80.88, 26.98),
    "25 %": (83.00, 80.96, 27.04),
    "50 %": (81.27, 79.80, 27.01),
}
STRATEGIES = {  # tables 11 and 12
    "pre-training, then one task": (83.28, 80.88, 26.98),
    "all tasks at once, limited sizes": (81.42, 79.78, 25.21),
    "all tasks at once, equal shares": (76.13, 76.51, 23.89),
    "all at once, then one task": (83.11, 80.26, 27.08),
}
