"""Models and vocabularies, and the data that NLTK looks for."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Literal

from nlpcourse.assets import path as asset_path
from nlpcourse.corpora.records import Embeddings


def _nltk_data(name: str) -> Path:
    """Put the asset's folder, laid out as an nltk_data tree, on NLTK's path and return it."""
    import nltk.data  # NLTK reads only below the folders in this list

    folder = asset_path(name)
    if str(folder) not in nltk.data.path:
        nltk.data.path.insert(0, str(folder))
    return folder


def punkt() -> Path:
    """Make NLTK find the Punkt sentence splitter: afterwards ``nltk.sent_tokenize`` works."""
    return _nltk_data("punkt")


def stopwords() -> Path:
    """Make NLTK find its stop word lists: ``nltk.corpus.stopwords.words("english")``."""
    return _nltk_data("stopwords")


def wordnet() -> Path:
    """Make NLTK find WordNet 3.0: ``nltk.corpus.wordnet.synsets("dog")``."""
    return _nltk_data("wordnet")


def gpt_bpe(
    name: Literal["cl100k_base", "o200k_base"] = "cl100k_base",
) -> dict[bytes, int]:
    """Return the merges of a GPT tokenizer: from a token's bytes to its rank, which is its id.

    Raises:
        ValueError: *name* is not one of the two vocabularies.
    """
    if name not in ("cl100k_base", "o200k_base"):
        raise ValueError(f"name must be cl100k_base or o200k_base, not {name!r}")
    lines = (asset_path("gpt-bpe") / f"{name}.tiktoken").read_bytes().splitlines()
    pairs = (line.split() for line in lines if line)
    return {base64.b64decode(token): int(rank) for token, rank in pairs}


def minilm() -> Path:
    """Return the folder of the encoder all-MiniLM-L6-v2.

    It holds ``config.json``, ``model.safetensors`` and the tokenizer's files, and is what
    ``transformers.AutoModel.from_pretrained`` takes.
    """
    return asset_path("minilm")


def glove_50d() -> Embeddings:
    """Return the 400,000 GloVe vectors of 50 dimensions; the array is mapped from its file."""
    import numpy as np

    from nlpcourse.assets.parquet import read_strings

    folder = asset_path("glove-50d")
    vectors = np.load(folder / "vectors.npy", mmap_mode="r", allow_pickle=False)
    return Embeddings(
        read_strings((folder / "words.parquet").read_bytes(), len(vectors)), vectors
    )


def smollm2() -> Path:
    """Return the folder of the decoder SmolLM2-135M-Instruct, which holds one GGUF file.

    ``AutoModelForCausalLM.from_pretrained(folder, gguf_file="SmolLM2-135M-Instruct.Q4_1.gguf")``
    reads it where the package ``gguf`` is installed.
    """
    return asset_path("smollm2")


def spacy_sm() -> Path:
    """Return the folder of spaCy's small English pipeline, for ``spacy.load``."""
    return asset_path("spacy-sm")


def spacy_md() -> Path:
    """Return the folder of spaCy's medium English pipeline, with vectors, for ``spacy.load``."""
    return asset_path("spacy-md")
