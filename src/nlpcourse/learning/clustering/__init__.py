"""Clustering: sort texts into groups that nobody has named.

The ladder, one idea a rung:

1. :mod:`points`: what a point is, and how far it lies from a centre;
2. :mod:`kmeans`: Lloyd's two steps, a careful start (k-means++), and several starts;
3. :mod:`spherical`: the same two steps with angles instead of distances;
4. :mod:`agreement`: how much two ways of grouping agree (V-measure, adjusted Rand index);
5. :mod:`tree`: merge the two nearest clusters until one is left, under four criteria;
6. :mod:`mixture`: soft clusters, a mixture of Gaussians by EM;
7. :mod:`choosing`: how many clusters? (silhouette, stability);
8. :mod:`words`: which words name a cluster, and which words are only mail;
9. :mod:`plain`: k-means once more, on the standard library alone, for the page.

What this room does not handle: clusters that overlap, points with missing values, streams of
points that are too many for the memory.
"""
