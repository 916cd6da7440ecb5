"""Chapter 30, BERT and RoBERTa: one file for each idea.

- :mod:`~nlpcourse.transformers.bert.encoder` – embeddings, self-attention, blocks, pooler; loads
  published weights;
- :mod:`~nlpcourse.transformers.bert.tokens` – from text to padded batches;
- :mod:`~nlpcourse.transformers.bert.masking` – blanks to fill in, pairs of sentences to judge;
- :mod:`~nlpcourse.transformers.bert.pretraining` – the masked language model and its training;
- :mod:`~nlpcourse.transformers.bert.classifier` – frozen features, fine-tuning, from scratch;
- :mod:`~nlpcourse.transformers.bert.senses` – the vectors of one word in several sentences.
"""

from nlpcourse.transformers.bert.classifier import (
    CLASSIFIER_RECIPES,
    Classifier,
    FrozenTask,
    QuestionTask,
    deal,
    embed,
    label_names,
    mean_pool,
    predict,
)
from nlpcourse.transformers.bert.encoder import (
    Bert,
    BertConfig,
    Block,
    Embeddings,
    Encoding,
    SelfAttention,
    attention,
    load_pretrained,
    our_name,
    read_config,
)
from nlpcourse.transformers.bert.masking import (
    IGNORED,
    ROBERTA_TABLE_1,
    ROBERTA_TABLE_2,
    Masking,
    SentencePair,
    hide,
    next_sentence_pairs,
    shared_words,
)
from nlpcourse.transformers.bert.pretraining import (
    MASKINGS,
    PRETRAINING_RECIPES,
    ByteTokenizer,
    Filler,
    MaskedLanguageModel,
    MaskedLanguageTask,
    restore,
    running_text,
    show_draw,
    windows,
)
from nlpcourse.transformers.bert.senses import (
    BANK_SENSES,
    Occurrence,
    alikeness,
    bank_occurrences,
    neighbour_agreement,
    word_vectors,
)
from nlpcourse.transformers.bert.tokens import Batch, PieceTokenizer

RECIPES = {**PRETRAINING_RECIPES, **CLASSIFIER_RECIPES}

__all__ = [
    "BANK_SENSES",
    "CLASSIFIER_RECIPES",
    "IGNORED",
    "MASKINGS",
    "PRETRAINING_RECIPES",
    "RECIPES",
    "ROBERTA_TABLE_1",
    "ROBERTA_TABLE_2",
    "Batch",
    "Bert",
    "BertConfig",
    "Block",
    "ByteTokenizer",
    "Classifier",
    "Embeddings",
    "Encoding",
    "Filler",
    "FrozenTask",
    "MaskedLanguageModel",
    "MaskedLanguageTask",
    "Masking",
    "Occurrence",
    "PieceTokenizer",
    "QuestionTask",
    "SelfAttention",
    "SentencePair",
    "alikeness",
    "attention",
    "bank_occurrences",
    "deal",
    "embed",
    "hide",
    "label_names",
    "load_pretrained",
    "mean_pool",
    "neighbour_agreement",
    "next_sentence_pairs",
    "our_name",
    "predict",
    "read_config",
    "restore",
    "running_text",
    "shared_words",
    "show_draw",
    "windows",
    "word_vectors",
]
