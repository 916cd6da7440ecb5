"""Chapter 19: neural networks from zero, a ladder of small files.

- :mod:`~nlpcourse.neural.networks.scalar` – one number that remembers how it was made, and the
  chain rule backwards through it;
- :mod:`~nlpcourse.neural.networks.expression` – the graph of an expression that a reader types;
- :mod:`~nlpcourse.neural.networks.plane` – points in a plane and a network of one hidden layer,
  small enough for the page;
- :mod:`~nlpcourse.neural.networks.tensor` – the same for whole arrays: broadcasting, matrix
  products, indexing;
- :mod:`~nlpcourse.neural.networks.layers` – what networks are made of: linear layers, dropout,
  a softmax that does not overflow, and how to begin;
- :mod:`~nlpcourse.neural.networks.optimizers` – gradient descent, momentum, Adam, weight decay;
- :mod:`~nlpcourse.neural.networks.classifier` – two classifiers of sentences and their training;
- :mod:`~nlpcourse.neural.networks.studies` – what goes wrong, each with its control.
"""
