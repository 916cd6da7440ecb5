"""Chapter 30, BERT and RoBERTa: one file for each idea.

- :mod:`~nlpcourse.transformers.bert.encoder` – embeddings, self-attention, blocks, pooler; loads
  published weights;
- :mod:`~nlpcourse.transformers.bert.tokens` – from text to padded batches;
- :mod:`~nlpcourse.transformers.bert.masking` – blanks to fill in, pairs of sentences to judge;
- :mod:`~nlpcourse.transformers.bert.pretraining` – the masked language model and its training;
- :mod:`~nlpcourse.transformers.bert.classifier` – frozen features, fine-tuning, from scratch;
- :mod:`~nlpcourse.transformers.bert.senses` – the vectors of one word in several sentences.
"""
