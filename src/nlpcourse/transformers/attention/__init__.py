"""Chapter 28: self-attention and multi-head attention, by hand, in a few steps.

`mechanism` is the idea, its two masks, and several heads side by side; `cost` counts what it takes
and `speed` measures it; `reader` puts one layer to work on real text, so that its heads can be
looked at; `recipes` trains that reader with one to sixteen heads.

Source: Vaswani et al. (2017), section 3.2.
"""
