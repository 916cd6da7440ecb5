"""The mean of a question's words as one wrote it in TensorFlow 1, still to be run today."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def session(numbers: Sequence[Sequence[int]], words: int = 5) -> list[list[float]]:
    """Return the mean vectors of questions from a table that counts from 0, by a session.

    Args:
        numbers: of the words, 0 where there is none.
        words: rows of the table, each of two numbers.
    """
    import tensorflow.compat.v1 as tf

    graph = tf.Graph()
    with graph.as_default():  # from here on, lines describe and nothing is computed
        read: Any = tf.placeholder(tf.int64, [None, None])
        start = np.arange(2 * words, dtype=np.float32).reshape(words, 2)
        table = tf.get_variable("table", initializer=start)
        real = tf.cast(read > 0, tf.float32)[..., None]
        summed = tf.reduce_sum(tf.nn.embedding_lookup(table, read) * real, axis=1)
        mean = summed / tf.reduce_sum(real, axis=1)
        begin = tf.global_variables_initializer()
    with tf.Session(graph=graph) as sess:
        sess.run(begin)
        found: list[list[float]] = sess.run(
            mean, feed_dict={read: numbers}
        ).tolist()
    return found
