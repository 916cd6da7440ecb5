"""Chapter 31: GPT, a ladder of small files.

- :mod:`~nlpcourse.transformers.gpt.model` – the decoder, its cache, and GPT-2's weights in it;
- :mod:`~nlpcourse.transformers.gpt.sampling` – temperature, top-k, top-p, and the loop that writes;
- :mod:`~nlpcourse.transformers.gpt.language_models` – characters, words and pieces as tokens, and
  one perplexity for all of them;
- :mod:`~nlpcourse.transformers.gpt.recipes` – what ``nlpcourse train`` trains;
- :mod:`~nlpcourse.transformers.gpt.gguf` – a reader of the file in which SmolLM2 comes;
- :mod:`~nlpcourse.transformers.gpt.llama` – SmolLM2's architecture: rotary positions, RMSNorm,
  SwiGLU, shared keys and values;
- :mod:`~nlpcourse.transformers.gpt.in_context` – what a decoder learns from its prompt alone.
"""
