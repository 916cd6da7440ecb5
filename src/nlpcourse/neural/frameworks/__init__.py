"""One classifier of questions in seven programs: what frameworks share, and where they differ.

The classifier is the mean of its words' vectors, one hidden layer and a softmax. It is written
once by hand and then in PyTorch, in Keras on two backends, in TensorFlow, with AllenNLP's modules
and in spaCy; fastText, which does one thing, stands beside. Every framework runs in a process of
its own.
"""
