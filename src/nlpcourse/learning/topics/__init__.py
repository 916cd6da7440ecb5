"""Topic models and similarity: from counts of words to what a text is about.

The ladder, one idea a rung:

1. :mod:`bags`: words, a vocabulary, texts as numbers;
2. :mod:`similarity`: Jaccard, cosine, soft cosine, and their agreement with people;
3. :mod:`bm25`: an inverted index and the score of a search engine; :mod:`fast_bm25` is its twin;
4. :mod:`lsa`: log-entropy weights and the truncated singular value decomposition;
5. :mod:`lda`: the model, and collapsed Gibbs sampling; :mod:`fast_lda` is the sampler's twin;
6. :mod:`exact`: all assignments of a tiny corpus, to judge the sampler by;
7. :mod:`heldout`: topics of a new text, and perplexity; :mod:`coherence`: u_mass and c_v;
8. :mod:`book`: the course's own prose, to search in.

`bags`, `bm25`, `lda`, `fast_lda`, `exact`, `heldout` and `coherence` use the standard library
alone and also run inside the page; `similarity`, `lsa` and `fast_bm25` need NumPy.
"""
