"""What Hutto and Gilbert (2014) printed in their Table 4, as it stands there."""

from __future__ import annotations

FIGURES = ("correlation", "precision", "recall", "F1")
TABLE_4: dict[str, dict[str, tuple[str, str, str, str]]] = {
    "tweets": {
        "Ind. Humans": ("0.888", "0.95", "0.76", "0.84"),
        "VADER": ("0.881", "0.99", "0.94", "0.96"),
        "Hu-Liu04": ("0.756", "0.94", "0.66", "0.77"),
        "SCN": ("0.568", "0.81", "0.75", "0.75"),
        "GI": ("0.580", "0.84", "0.58", "0.69"),
        "SWN": ("0.488", "0.75", "0.62", "0.67"),
        "LIWC": ("0.622", "0.94", "0.48", "0.63"),
        "ANEW": ("0.492", "0.83", "0.48", "0.60"),
        "WSD": ("0.438", "0.70", "0.49", "0.56"),
    },
    "movie": {
        "Ind. Humans": ("0.899", "0.95", "0.90", "0.92"),
        "VADER": ("0.451", "0.70", "0.55", "0.61"),
        "Hu-Liu04": ("0.416", "0.66", "0.56", "0.59"),
        "SCN": ("0.210", "0.60", "0.53", "0.44"),
        "GI": ("0.343", "0.66", "0.50", "0.55"),
        "SWN": ("0.251", "0.60", "0.55", "0.57"),
        "LIWC": ("0.152", "0.61", "0.22", "0.31"),
        "ANEW": ("0.156", "0.57", "0.36", "0.40"),
        "WSD": ("0.349", "0.58", "0.50", "0.52"),
    },
    "amazon": {
        "Ind. Humans": ("0.911", "0.94", "0.80", "0.85"),
        "VADER": ("0.565", "0.78", "0.55", "0.63"),
        "Hu-Liu04": ("0.571", "0.74", "0.56", "0.62"),
        "SCN": ("0.316", "0.64", "0.60", "0.51"),
        "GI": ("0.385", "0.67", "0.49", "0.55"),
        "SWN": ("0.325", "0.61", "0.54", "0.57"),
        "LIWC": ("0.313", "0.73", "0.29", "0.36"),
        "ANEW": ("0.257", "0.69", "0.33", "0.39"),
        "WSD": ("0.324", "0.60", "0.51", "0.55"),
    },
    "nyt": {
        "Ind. Humans": ("0.745", "0.87", "0.55", "0.65"),
        "VADER": ("0.492", "0.69", "0.49", "0.55"),
        "Hu-Liu04": ("0.487", "0.70", "0.45", "0.52"),
        "SCN": ("0.252", "0.62", "0.47", "0.38"),
        "GI": ("0.362", "0.65", "0.44", "0.49"),
        "SWN": ("0.262", "0.57", "0.49", "0.52"),
        "LIWC": ("0.220", "0.66", "0.17", "0.21"),
        "ANEW": ("0.202", "0.59", "0.32", "0.35"),
        "WSD": ("0.218", "0.55", "0.45", "0.47"),
    },
}
"""Hutto and Gilbert (2014), Table 4, read in the paper, where it is a picture."""

HAD: dict[str, str] = {
    "Hu-Liu04": "hu-liu",
    "SCN": "senticnet",
    "GI": "general-inquirer",
    "ANEW": "anew",
}
"""The word lists that can be had, by their names in the table."""

MISSING = {
    "SWN": "it rates senses, and how they became words is not said",
    "LIWC": "the word list of LIWC is sold and may not be passed on",
    "WSD": "which program told the senses apart is not said",
}
"""The lines that are not reproduced, and why."""
