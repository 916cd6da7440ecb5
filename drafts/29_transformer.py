# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# (chapter-29)=
# # The Transformer
#
# ```{chapter-card} 29
# ```

# %% [markdown]
# ## After this chapter you can
#
# - build the whole Transformer in the order of its paper, and prove it equal to PyTorch's,
# - say what residual connections and layer normalisation are for, and what happens without a warm-up,
# - tell a network that is blind to order where each token stands,
# - train it to pronounce English words and to translate sentences, with a smoothed loss,
# - compare it fairly with a recurrent network that read the same data in the same order.

# %% tags=["remove-cell"]
from nlpcourse.chapter import glue, quiz, show_source, start

start("29")

# %% [markdown]
# ## Through, though, thought
#
# English spelling is a trap: *through*, *though* and *thought* share five letters and hardly a sound.
# A program that goes from letters to sounds must look at the whole word before it says the first of them.
# Here is one that does, and that holds no recurrent network:

# %%
from nlpcourse.transformers.transformer import recipes, tasks

pronouncer, log = recipes.load_pronouncer()
words = ["through", "though", "thought", "psychology", "transformer"]
for word, sounds in tasks.pronounce(pronouncer, words).items():
    print(f"{word:12}", " ".join(sounds))

# %% [markdown]
# The sounds are written in the alphabet of CMUdict, the pronouncing dictionary of chapter 25: `TH` begins *theta*, `UW` ends *two*, `AO` begins *ought*.
# It has read about a hundred thousand words with their sounds, and has no list to look them up in: it writes every sound anew.
#
# Where does it look while it speaks?
# In the figure every row is a sound and every column a letter; see how the bright cells wander from the left to the right, and where one sound takes several letters.

# %% tags=["remove-input"]
import torch

from nlpcourse import plots
from nlpcourse.transformers.transformer import figures

fig = figures.looks(pronouncer, "thoughtful")
plots.show(
    fig,
    name="29-looks",
    alt="A map of sounds against the letters of the word thoughtful. Bright cells run "
    "roughly along a diagonal from the first letter to the last.",
    caption="Where the model looks in the word while it writes its sounds.",
)

# %% [markdown]
# Try words of your own, also some that no dictionary holds:
#
# ```{playground} transformer
# ```

# %% [markdown]
# ## Reading without walking
#
# In chapter 25 an {term}`encoder` walked through the input, a {term}`decoder` walked through the output, and {term}`attention` let the second look at the first.
# Walking has a price.
# Step nine can't begin before step eight is done, however many processors stand idle; and what word one has to tell word nine must pass through eight states.
#
# Chapter 28 showed another way for tokens to meet: {term}`self-attention`, in which everybody looks at everybody at once.
# The {term}`Transformer` keeps the encoder, the decoder and the attention between them, and throws the walking out {cite:p}`vaswani-2017-attention`.
# We follow its paper, section by section.

# %% [markdown]
# ## A stack of edits
#
# The encoder is a stack of equal layers.
# In each of them a {term}`token` first looks around (self-attention) and then thinks alone (a small network).
# Each of the two is wrapped in the same way.
#
# First, its result is *added* to what it read, which is called a {term}`residual connection` {cite:p}`he-2016-residual`.
# So a layer does not replace a token's {term}`vector`, it edits it; and the {term}`gradient` has a way down the stack on which nothing is multiplied.
# You have met the idea: it is the LSTM's cell state, laid across layers instead of across time.
#
# Second, the sum is normalised, because a sum of many edits grows:
#
# $$
# \mathrm{Residual}(x) = \mathrm{LayerNorm}\left(x + \mathrm{Sublayer}(x)\right)
# $$

# %% tags=["remove-input"]
from nlpcourse.transformers.transformer import layers

show_source(layers.Residual.forward)

# %% [markdown]
# (The branch `norm_first` is younger than the paper; we come to it.)
#
# The normalisation is {term}`layer normalisation` {cite:p}`ba-2016-layer-norm`.
# It takes the $C$ numbers of *one token*, brings them to mean 0 and variance 1, and then lets every channel choose a stretch $\gamma$ and a shift $\beta$ of its own:
#
# $$
# \mu = \frac{1}{C} \sum_{c} x_c, \qquad
# \sigma^2 = \frac{1}{C} \sum_{c} (x_c - \mu)^2, \qquad
# \mathrm{LayerNorm}(x)_c = \gamma_c \frac{x_c - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta_c
# $$

# %% tags=["remove-input"]
show_source(layers.layer_norm)

# %%
x = torch.tensor([[1.0, 3.0, 5.0], [100.0, 300.0, 500.0]])
ones, zeros = torch.ones(3), torch.zeros(3)
print(layers.layer_norm(x, ones, zeros))

# %% [markdown]
# The second token shouts a hundred times as loud and comes out alike.
# No other token of the text and no other text of the {term}`batch` has a say in it, so it works for every length.

# %% [markdown]
# ## Thinking alone
#
# Attention mixes vectors by weights, and an average of vectors is all that it can make.
# Whatever is not an average has to be made by the {term}`feed-forward network`, which every token goes through alone: widen, bend, narrow.
# ReLU, the {term}`activation function`, sets negative numbers to zero:
#
# $$
# \mathrm{FFN}(x) = \max(0,\; x W_1 + b_1)\, W_2 + b_2
# $$

# %% tags=["remove-input"]
show_source(layers.FeedForward.forward, layers.EncoderLayer.forward)

# %% [markdown]
# That is a whole layer of the encoder, in two lines.
# `look` is the multi-head attention of chapter 28.

# %% [markdown]
# ## Three ways to look
#
# The decoder writes the answer token by token.
# A layer of it has three parts: look back at the answer so far, look across at the source, think.
# So attention has three uses in the model, and they differ only in who asks whom, and under which mask:
#
# $$
# \begin{aligned}
# \text{encoder:} &\quad Q = K = V = \text{source}, && \text{mask: no padding} \\
# \text{decoder, back:} &\quad Q = K = V = \text{answer}, && \text{mask: not ahead} \\
# \text{decoder, across:} &\quad Q = \text{answer},\; K = V = \text{source}, && \text{mask: no padding}
# \end{aligned}
# $$
#
# The third is called {term}`cross-attention`; it is what chapter 25 called attention, and what the figure above shows.

# %% tags=["remove-input"]
show_source(layers.DecoderLayer.across, layers.DecoderLayer.forward)

# %% [markdown]
# Because of the {term}`causal mask`, training need not write the answer token by token.
# The true answer, moved one place to the right, goes in as a whole, and every place predicts what comes after it: the {term}`teacher forcing` of chapter 25, for all places at once.
# Only when the model is used does it have to write one token after the other.

# %% [markdown]
# ## One table of vectors
#
# Tokens become vectors through an {term}`embedding` table, and at the end a {term}`softmax` over the vocabulary needs a score for every token.
# The paper uses one table for both: the score of a token is the dot product of its own row with the decoder's vector $h_t$.
# Where both languages share one vocabulary, as in our translations, the encoder reads with the same table, too:
#
# $$
# x_t = \sqrt{C}\, E[w_t] + P[t], \qquad p(w \mid \dots) = \mathrm{softmax}\left(h_t E^\top\right)_w
# $$
#
# The root makes the rows of the table, which are small enough to give moderate scores, as large as the places that are added to them.

# %% tags=["remove-input"]
from nlpcourse.transformers.transformer import model as network

show_source(network.Transformer.embed, network.Transformer.decode)

# %% [markdown]
# ## Where a token stands
#
# $P[t]$ is what the last chapter promised: a vector for every place that needs no training.
# Think of the hands of many clocks.
# The quickest goes round once in about six tokens, the next is a little slower, and the last hardly moves.
# No two places show the same, and near places show nearly the same.
# This is the {term}`positional encoding`; each clock is a sine and a cosine:
#
# $$
# P[t]_{2i} = \sin\left(\frac{t}{10000^{2i/C}}\right), \qquad
# P[t]_{2i+1} = \cos\left(\frac{t}{10000^{2i/C}}\right)
# $$

# %% tags=["remove-input"]
from nlpcourse.transformers.transformer import positions

show_source(positions.positional_encoding)

# %% [markdown]
# On the left of the figure, every row is a place: see the quick waves in the first channels and the slow ones behind.
# On the right, the dot products of place to place: each place is most like itself and its neighbours, and the likeness depends on the distance alone.

# %% tags=["remove-input"]
waves = positions.positional_encoding(48, 64)
fig, axes = plots.subplots(1, 2, figsize=(7, 3.2))
axes[0].imshow(waves, aspect="auto", cmap=plots.DIVERGING)
axes[0].set_xlabel("channel")
axes[0].set_ylabel("place")
for place, look in ((10, "-"), (30, "--")):
    axes[1].plot(waves @ waves[place], look, label=f"with place {place}")
axes[1].set_xlabel("place")
axes[1].set_ylabel("dot product")
axes[1].legend()
for axis in axes[:1]:
    axis.grid(False)
plots.show(
    fig,
    name="29-waves",
    alt="Left, a map of places against channels with quick waves in the first channels "
    "and slow ones in the last. Right, two curves of dot products with a peak each, "
    "at place ten and at place thirty, of the same shape.",
    caption="The positional encoding, and how alike two places are.",
)

# %% [markdown]
# There is more in it than being different.
# Moving any place by $k$ steps turns every clock by an angle of its own, and a turn is a matrix, the same one at all places:
#
# $$
# P[t + k] = P[t]\, R_k \quad \text{for every } t
# $$
#
# So a head whose key matrix has learnt one such turn can look "three places back" anywhere in the text.

# %%
turn = positions.shift_matrix(3, size=64)
for place in (0, 11, 40):
    moved = waves[place] @ turn
    print(place, "→", int((waves @ moved).argmax()))

# %% [markdown]
# ## A rate that warms up
#
# The paper's schedule for the {term}`learning rate` is a straight climb, the {term}`warm-up`, and then a fall with the root of the step $s$; wide models take smaller steps:
#
# $$
# \mathrm{rate}(s) = C^{-1/2} \cdot \min\left(s^{-1/2},\; s \cdot w^{-3/2}\right)
# $$

# %% tags=["remove-input"]
from nlpcourse.transformers.transformer import learning

show_source(learning.warm_up_rate)

# %% [markdown]
# The figure has the paper's two curves, for its own warm-up and for one half as long, and beside them the shape of ours: the same climb, and then a cosine to zero, which suits a short training better.

# %% tags=["remove-input"]
from nlpcourse.training import Plan

steps = range(1, 20_001, 50)
ours = Plan(0, 20_000, learning.warm_up_rate(4000, 512, 4000), warmup=4000)
fig, axis = plots.subplots(figsize=(7, 3))
for warmup, look in ((4000, "-"), (2000, "--")):
    axis.plot(
        steps,
        [learning.warm_up_rate(s, 512, warmup) for s in steps],
        look,
        label=f"paper, warm-up {warmup:,}",
    )
axis.plot(steps, [ours.rate(s - 1) for s in steps], ":", label="ours, stretched")
axis.set_xlabel("step")
axis.set_ylabel("learning rate")
axis.legend()
plots.show(
    fig,
    name="29-rate",
    alt="Learning rate against step. Two curves climb in a straight line and fall off "
    "slowly; the shorter climb has the higher peak. A third falls to zero as a cosine.",
    caption="The paper's learning rate, and the shape of ours.",
)

# %% [markdown]
# Why climb at all?
# We let a small Transformer of four layers learn to spell words backwards, a task without ambiguity, three times: as in the paper with and without a warm-up, and with the normalisation moved.
# "Pre-norm" normalises what a sublayer reads and leaves the sum alone, so that the way down the stack is entirely free:
#
# $$
# \text{post-norm: } \mathrm{LayerNorm}(x + f(x)), \qquad
# \text{pre-norm: } x + f(\mathrm{LayerNorm}(x))
# $$

# %%
from nlpcourse.transformers.transformer import backwards

runs = {
    "post-norm, no warm-up": (False, 0),
    "post-norm, warm-up": (False, 60),
    "pre-norm, no warm-up": (True, 0),
}
attempts = {
    name: backwards.learn_backwards(
        lambda first=first: backwards.speller(4, norm_first=first), 120, 0.01, warmup
    )
    for name, (first, warmup) in runs.items()
}
for name, attempt in attempts.items():
    print(f"{name:22} {attempt.accuracy:4.0%} of the letters right")

# %% [markdown]
# See the first curve of the figure stop falling almost at once: without a warm-up the post-norm stack never gets off the ground, with one it learns, and pre-norm learns without.

# %% tags=["remove-input"]
fig, axis = plots.subplots(figsize=(7, 3))
for (name, attempt), look in zip(attempts.items(), ("-", "--", "-."), strict=True):
    taken = range(10, 10 * len(attempt.losses) + 1, 10)
    axis.plot(taken, attempt.losses, look, label=name)
axis.set_xlabel("step")
axis.set_ylabel("loss")
axis.legend()
plots.show(
    fig,
    name="29-norms",
    alt="Three training losses. Post-norm without warm-up flattens out high; post-norm "
    "with warm-up falls; pre-norm without warm-up falls fastest and lowest.",
    caption="Spelling backwards with four layers and a high learning rate.",
)

# %% tags=["remove-cell"]
from nlpcourse.ledger import record

accuracies = [attempt.accuracy for attempt in attempts.values()]
display(record("29.post-cold", accuracies[0]))
display(record("29.post-warm", accuracies[1]))
record("29.pre-cold", accuracies[2])

# %% [markdown]
# The gradient at the start is to blame.
# In a post-norm stack the layers near the output get large gradients before anything is learnt, and large steps on them spoil the rest; small first steps let the stack settle {cite:p}`xiong-2020-layer-norm`.
# Most models after the paper are pre-norm for this reason.
# Ours below have two layers and a warm-up, and are post-norm, as in the paper.

# %% [markdown]
# ## A target that is not so sure
#
# The {term}`cross-entropy` asks for a probability of 1 for the right token, and a softmax reaches 1 only with infinite scores.
# So it goes on pushing when everything is right already, and a model that is sure of everything has no second choice left for the {term}`beam search <beam search>`.
#
# {term}`Label smoothing <label smoothing>` {cite:p}`szegedy-2016-inception` spreads a share $\epsilon$ of the target evenly over all $K$ tokens:
#
# $$
# L = -(1 - \epsilon) \log p_{\text{right}} \;-\; \epsilon \cdot \frac{1}{K} \sum_{k=1}^{K} \log p_k
# $$

# %% tags=["remove-input"]
show_source(learning.smoothed_cross_entropy)

# %%
sure = torch.tensor([[12.0, 0.0, 0.0, 0.0]])
modest = torch.tensor([[3.5, 0.0, 0.0, 0.0]])
right = torch.tensor([0])
for name, scores in (("sure", sure), ("modest", modest)):
    plain = learning.smoothed_cross_entropy(scores, right, smoothing=0.0)
    smooth = learning.smoothed_cross_entropy(scores, right, smoothing=0.1)
    print(f"{name:7} plain {float(plain):.3f}  smoothed {float(smooth):.3f}")

# %% [markdown]
# The plain loss prefers the sure model, the smoothed one the modest.
# A smoothed loss never reaches zero, so don't compare it with a plain one.

# %% [markdown]
# ## From letters to sounds, again
#
# Now the real tasks, both from chapter 25: the same words, the same split, the same batches in the same order, the same number of steps.
# Only the network differs.
# First the pronouncing dictionary, measured by {term}`phoneme error rate` and {term}`word error rate`, over three seeds each:

# %%
from statistics import mean, stdev

from nlpcourse.training import read_log

names = {"Transformer": "transformer-g2p", "LSTM": "seq2seq-cmudict"}
spoken = {
    name: [read_log(f"{recipe}-seed{s}") for s in recipes.SEEDS]
    for name, recipe in names.items()
}
for name, logs in spoken.items():
    wrong = [100 * log["metrics"]["word_error_rate"] for log in logs]
    size = logs[0]["parameters"]
    print(f"{name:12} words wrong {mean(wrong):.1f} ± {stdev(wrong):.1f} %  ({size:,})")

# %% tags=["remove-cell"]
seeds = list(recipes.SEEDS)


for identifier, name, metric in (
    ("29.phoneme-error", "Transformer", "phoneme_error_rate"),
    ("29.word-error", "Transformer", "word_error_rate"),
    ("29.word-error-part", "Transformer", "part_greedy_word_error_rate"),
    ("29.word-error-beam", "Transformer", "part_beam_word_error_rate"),
    ("29.lstm-phoneme-error", "LSTM", "phoneme_error_rate"),
    ("29.lstm-word-error", "LSTM", "word_error_rate"),
):
    found = [log["metrics"][metric] for log in spoken[name]]
    display(record(identifier, mean(found), spread=stdev(found), seeds=seeds))

# %% [markdown]
# Said greedily, {ledger}`29.word-error` ± {ledger-spread}`29.word-error` of the Transformer's words have an error, and {ledger}`29.phoneme-error` of its sounds; the LSTM with attention has {ledger}`29.lstm-word-error` and {ledger}`29.lstm-phoneme-error`.
# A beam of four brings the Transformer from {ledger}`29.word-error-part` to {ledger}`29.word-error-beam` on every sixth word.
#
# ## From English to Spanish, again
#
# The second task is chapter 25's translation of Tatoeba's sentences, four thousand byte-pair pieces for both languages together, scored by {term}`BLEU`.
# Here is the model of the first seed at work:

# %%
translator, _ = recipes.load_translator()
english = ["I don't know.", "Where is the station?", "She has two brothers."]
for sentence, spanish in zip(
    english, tasks.translate(translator, english, tasks.WIDTH), strict=True
):
    print(f"{sentence:24} {spanish}")

# %%
trained = {"Transformer": "transformer-tatoeba", "LSTM": "seq2seq-tatoeba"}
translated = {
    name: [read_log(f"{recipe}-seed{s}") for s in recipes.SEEDS]
    for name, recipe in trained.items()
}
for name, logs in translated.items():
    found = [log["metrics"]["bleu"] for log in logs]
    size = logs[0]["parameters"]
    print(f"{name:12} BLEU {mean(found):.1f} ± {stdev(found):.1f}  ({size:,} parameters)")

# %% tags=["remove-cell"]
for identifier, name, metric in (
    ("29.bleu", "Transformer", "bleu"),
    ("29.bleu-part", "Transformer", "part_greedy_bleu"),
    ("29.bleu-beam", "Transformer", "part_beam_bleu"),
    ("29.lstm-bleu", "LSTM", "bleu"),
    ("29.lstm-bleu-beam", "LSTM", "part_beam_bleu"),
):
    found = [log["metrics"][metric] for log in translated[name]]
    display(record(identifier, mean(found), spread=stdev(found), seeds=seeds))

# %% [markdown]
# Greedy search gives the Transformer {ledger}`29.bleu` ± {ledger-spread}`29.bleu` and the LSTM {ledger}`29.lstm-bleu`; a beam of four, on every second sentence, {ledger}`29.bleu-beam` and {ledger}`29.lstm-bleu-beam`.
#
# See both tasks side by side in the figure; the thin lines are the spread over three seeds.

# %% tags=["remove-input"]
means, spreads = {}, {}
for name in spoken:
    pairs = (
        [100 * log["metrics"]["word_error_rate"] for log in spoken[name]],
        [log["metrics"]["bleu"] for log in translated[name]],
    )
    means[name] = [mean(found) for found in pairs]
    spreads[name] = [stdev(found) for found in pairs]
plots.show(
    figures.side_by_side(means, spreads),
    name="29-beside",
    alt="Two panels of two bars each, for the Transformer and the LSTM with attention: "
    "the share of words pronounced wrong, and BLEU of the translations, with error bars.",
    caption="The same data and the same number of steps under two networks.",
)

# %% [markdown]
# What does a step cost?
# We let both pronouncing models do one on the same words, forwards and backwards:

# %%
from nlpcourse.neural.seq2seq import recipes as chapter_25

task = tasks.Pronouncing(recipes.PRONUNCIATION)
other = chapter_25.Pronouncing(chapter_25.PRONOUNCER)
costs = tasks.seconds_per_step(task), tasks.seconds_per_step(other)
record("29.step-cost", costs[0] / costs[1])

# %% [markdown]
# On one core a step of the Transformer takes {ledger}`29.step-cost` times as long as one of the LSTM.
# Neither model is at its end after so few steps, and the sizes are not the same, so this is no verdict on the two architectures.
# It is what you get for a few minutes on an ordinary computer.
# The Transformer's strength, that nothing waits for the step before, is worth little on one core and words of eight letters, and very much on a processor with thousands of cores and texts of a thousand tokens.

# %% [markdown]
# ## The production library
#
# `nn.Transformer` is the two stacks without tables and scores: vectors in, vectors out.
# We give ours its weights and send a padded batch of real words through both, with all the masks:

# %%
from torch import nn

theirs = nn.Transformer(128, 4, 2, 2, 256, dropout=0.0, batch_first=True)
ours = network.stacks_from_torch(theirs)
source, so_far, _ = task.batch(0)
x = pronouncer.embed(source, pronouncer.source).detach()
y = pronouncer.embed(so_far, pronouncer.target).detach()
real = (source != 0)[:, None, None, :]
ahead = network.causal_mask(so_far.shape[1])
padding = source == 0
mine = ours(x, y, real, ahead, real)
yours = theirs(
    x,
    y,
    tgt_mask=~ahead,
    src_key_padding_mask=padding,
    memory_key_padding_mask=padding,
)
print("equal:", torch.allclose(mine, yours, atol=1e-4))

# %% [markdown]
# Two things are not as in the paper.
# PyTorch puts one more layer norm on top of each stack, whether it normalises before or after; `last_norm` is our switch for it.
# And True in its masks forbids, as you know from chapter 28.
#
# The smoothed loss is `nn.CrossEntropyLoss(label_smoothing=0.1)`, which also spreads its share over all tokens, the right one included:

# %%
scores = torch.randn(6, 42)
gold = torch.tensor([5, 7, 0, 9, 0, 3])
loss = nn.CrossEntropyLoss(ignore_index=0, label_smoothing=0.1)
by_hand = learning.smoothed_cross_entropy(scores, gold, 0.1, ignore=0)
print(torch.allclose(loss(scores, gold), by_hand))

# %% [markdown]
# ## Beside the oracle and the published figure
#
# The oracle tests compare layer norm, the smoothed loss and the two stacks with PyTorch's, values and gradients in double precision, under padding and causal masks, pre-norm and post-norm, on real sentences and on random shapes.
#
# Is it the paper's model, too?
# Its table of variations says how many parameters the base model has {cite:p}`vaswani-2017-transformer`.
# We build ours with the paper's sizes and count (on PyTorch's `meta` device, which makes no numbers):

# %%
with torch.device("meta"):
    base = network.Transformer(
        37_000, 37_000, size=512, heads=8, layers=6, inner=2048, shared=True
    )
record("29.base-parameters", sum(p.numel() for p in base.parameters()) / 1e6)

# %% [markdown]
# We count {ledger}`29.base-parameters`, the paper says {ledger-anchor}`29.base-parameters`; it gives the size of its vocabulary only as *about* thirty-seven thousand, and that is where the rest may lie.
#
# For pronunciation, the software of the CMUSphinx project reports a Transformer of three layers and twice our width on the dictionary's current version without stress marks {cite:p}`cmusphinx-g2p`.
# It has {ledger-anchor}`29.word-error` of the words wrong, beside our {ledger}`29.word-error`; their test words are not ours, and their training was much longer.
# {cite:t}`yolchuyeva-2019-transformer` were the first to publish a Transformer on this task, on an older version of the dictionary.

# %% [markdown]
# ## What goes wrong
#
# **A word longer than any it has read.**
# There is a vector for every place, but the model has met few words of more than fifteen letters.
# We string test words together, two at a time:

# %%
from nlpcourse.neural.seq2seq.pronunciation import edit_distance, pronunciations

test = pronunciations().test
some = sorted(test)[::40]
alone = tasks.pronounce(pronouncer, some)
joined = [a + b for a, b in zip(some[::2], some[1::2], strict=False)]
together = tasks.pronounce(pronouncer, joined)
edits = sum(
    edit_distance(together[a + b], [*alone[a], *alone[b]])
    for a, b in zip(some[::2], some[1::2], strict=False)
)
total = sum(map(len, alone.values()))
longest = max(joined, key=len)
print(longest, "→", " ".join(together[longest]))

# %% tags=["remove-cell"]
record("29.joined", edits / total)

# %% [markdown]
# Per sound of the two words alone, the joined word has {ledger}`29.joined` edits.
# Some of them are fair, since letters that meet make new sounds; most are losses of place: the model repeats a part or leaves one out.
# A formula that goes on for ever is not the same as a model that does.
#
# **The answer that was not moved.**
# Feed the answer to the decoder without moving it one place to the right, and every place sees the token that it is to predict, causal mask or not, because a token may look at itself.
# The loss falls like a stone, and the model is worth nothing: it is chapter 28's peeking model once more.
# `Backwards` and both tasks of this chapter cut their batches as `target[:, :-1]` and `target[:, 1:]`; that one place is worth a test of its own.

# %% [markdown]
# ## Exercises

# %% [markdown]
# (exercise-29-1)=
# ### Exercise 29.1 · Bring it to order
#
# *easy · 1 point*
#
# Write layer normalisation of one token in plain Python, without gain and offset and with an $\epsilon$ of one in a hundred thousand: a list of numbers in, a list of numbers out.

# %% nlpcourse={"difficulty": "easy", "exercise": "29.1", "live": false, "points": 1}
import math


def normalise(numbers):
    """Return the numbers with mean 0 and variance 1, epsilon 1e-5."""
    ### BEGIN SOLUTION
    mean = sum(numbers) / len(numbers)
    variance = sum((x - mean) ** 2 for x in numbers) / len(numbers)
    return [(x - mean) / math.sqrt(variance + 1e-5) for x in numbers]
    ### END SOLUTION


# %% nlpcourse={"check": "29.1"}
from nlpcourse.checks import check

check("29.1", normalise)
### BEGIN HIDDEN TESTS
assert abs(sum(normalise([3.0, 1.0, 4.0, 1.0, 5.0]))) < 1e-9
### END HIDDEN TESTS

# %% [markdown]
# (exercise-29-2)=
# ### Exercise 29.2 · Up and down
#
# *easy · 1 point*
#
# Write the paper's learning rate as a function of the step (counted from 1), the size of the model and the steps of the climb.
# Your numbers are drawn for you:

# %% nlpcourse={"difficulty": "easy", "exercise": "29.2", "live": false, "points": 1}
from nlpcourse.checks import parameters

p = parameters("29.2")
print(f"your model has {p['size']} channels and climbs for {p['warmup']} steps")


def rate(step, size, warmup):
    """Return the paper's learning rate at a step."""
    ### BEGIN SOLUTION
    return size**-0.5 * min(step**-0.5, step * warmup**-1.5)
    ### END SOLUTION


# %% nlpcourse={"check": "29.2"}
check("29.2", rate)
### BEGIN HIDDEN TESTS
assert abs(rate(100, 4, 100) - 0.05) < 1e-9
### END HIDDEN TESTS

# %% [markdown]
# (exercise-29-3)=
# ### Exercise 29.3 · Neither ahead nor at nothing
#
# *medium · 2 points*
#
# Write the decoder's mask for its look at the answer so far: nobody looks ahead, and nobody looks at padding.
# You get the tokens, of shape (texts, tokens), and the number of the padding token; return booleans that stretch over (texts, heads, tokens, tokens), True where looking is allowed.

# %% nlpcourse={"difficulty": "medium", "exercise": "29.3", "live": false, "points": 2}
import torch


def decoder_mask(target, padding):
    """Return who may look at whom, (B, 1, T, T)."""
    ### BEGIN SOLUTION
    length = target.shape[1]
    causal = torch.ones(length, length, dtype=torch.bool).tril()
    real = (target != padding)[:, None, None, :]
    return causal & real
    ### END SOLUTION


# %% nlpcourse={"check": "29.3"}
check("29.3", decoder_mask)
### BEGIN HIDDEN TESTS
assert decoder_mask(torch.tensor([[1, 0]]), 0).flatten().tolist() == [1, 0, 1, 0]
### END HIDDEN TESTS

# %% [markdown]
# (exercise-29-4)=
# ### Exercise 29.4 · A quick learner
#
# *open · 3 points*
#
# The check trains your Transformer to spell backwards for two hundred steps and wants four fifths of the letters right.
# Write a function of the number of letters (special symbols included) that returns an untrained `Transformer` of at most 150,000 parameters.
# Size, heads, layers, width, dropout and the place of the normalisation are yours to choose; the check takes some seconds.

# %% nlpcourse={"difficulty": "open", "exercise": "29.4", "live": false, "points": 3}
from nlpcourse.transformers.transformer import Transformer


def quick_learner(letters):
    """Return an untrained Transformer that learns fast."""
    ### BEGIN SOLUTION
    return Transformer(
        letters,
        letters,
        size=64,
        heads=4,
        layers=1,
        inner=128,
        dropout=0.0,
        norm_first=True,
        shared=True,
    )
    ### END SOLUTION


# %% nlpcourse={"check": "29.4"}
check("29.4", quick_learner)
### BEGIN HIDDEN TESTS
assert quick_learner(31)(torch.tensor([[5, 2]]), torch.tensor([[1]])).shape == (1, 1, 31)
### END HIDDEN TESTS

# %% [markdown]
# ## Quiz

# %% tags=["nbval-ignore-output", "quiz"]
quiz("29")

# %% [markdown]
# ## What we learnt
#
# - A Transformer is a stack of edits: look, think, and add what you found to what you were.
# - Layer normalisation keeps sums of edits at one size, token by token.
# - Attention has three uses in it, which differ in who asks whom and under which mask.
# - Places are told by waves of many lengths, and a step is the same turn of them everywhere.
# - Post-norm stacks need a warm-up; pre-norm stacks can do without.
# - Label smoothing leaves the model some doubt, at the price of a loss that never reaches zero.
# - Beside a recurrent network, compare on the same data, the same steps, and more than one seed.

# %% [markdown]
# ## Further reading
#
# - {cite:t}`vaswani-2017-transformer` is the paper that this chapter follows.
# - {cite:t}`ba-2016-layer-norm` introduce layer normalisation, for recurrent networks.
# - {cite:t}`he-2016-residual` show what residual connections do for very deep networks, in vision.
# - {cite:t}`xiong-2020-layer-norm` explain why post-norm needs its warm-up.
# - {cite:t}`szegedy-2016-inception` have label smoothing in a short section of a paper on something else.
