"""Chapter 33: what a network has learnt elsewhere, carried over to tasks with few labels.

- ``data``: films and news stories, with as many labels as you allow yourself;
- ``lora`` and ``adapter``: small trained parts beside frozen weights;
- ``classify``: frozen, LoRA, adapters, all weights, from zero, in the training room;
- ``quantize``: weights in eight bits; ``distill``: a small network taught by a large one;
- ``library``: data sets, tokenizers and model cards for Hugging Face's libraries;
- ``serve``: the encoder as an ONNX file, with its size and speed.
"""
