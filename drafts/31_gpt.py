# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# (chapter-31)=
# # GPT
#
# ```{chapter-card} 31
# ```

# %% [markdown]
# ## After this chapter you can
#
# - build a GPT in one file, put a published model's weights into it, and show that both say the same,
# - train it on characters, on words and on pieces of words, and compare all three fairly,
# - choose how the next token is drawn: temperature, top-k, top-p, and say what each leaves out,
# - write a text with a cache of keys and values, and say what it saves and why it changes nothing,
# - open the file of a real pretrained model and run it through code of your own,
# - measure what such a model learns from its prompt alone.

# %% tags=["remove-cell"]
from nlpcourse.chapter import glue, quiz, show_source, start

start("31")

# %% [markdown]
# ## A play that nobody wrote
#
# Below, a {term}`language model` continues a play.
# It has read three plays of Shakespeare, character by character, and has been asked one question all the time: which character comes next?
# The speaker and his first words are ours, the rest is its own.

# %% tags=["nbval-ignore-output"]
from nlpcourse.transformers.gpt import Draw, generate, recipes
from nlpcourse.transformers.gpt import language_models as lm

player, log = recipes.load_shakespeare()
alphabet = lm.plays_alphabet()
start_of_play = alphabet.encode("\n\n  Ham. To be, or not")[None]
written = generate(
    player, start_of_play, 240, Draw(temperature=0.7), cached=False, context=64
)
print(alphabet.decode(written[0].tolist()))

# %% [markdown]
# The words are mostly English, the lines have about the right length, people speak in turn, and none of it means anything.
# All of that came out of one question, asked again and again.
#
# In this chapter you build the model, train it, make it faster, and then open the file of a real one that does the same with far more text behind it.

# %% [markdown]
# ## One question, asked again and again
#
# The probability of a text is a product: of its first {term}`token`, of the second after the first, and so on.
#
# $$
# p(w_1, \dots, w_n) = \prod_{t=1}^{n} p(w_t \mid w_1, \dots, w_{t-1})
# $$
#
# An {term}`n-gram` model looks at the last few tokens only, a {term}`recurrent network` carries one {term}`vector` along.
# A GPT looks at all tokens of its {term}`context window` directly, by {term}`self-attention`.
#
# Chapter 29's {term}`Transformer` has two halves: an {term}`encoder` reads a sentence, and a {term}`decoder` writes another one from it.
# To continue a text, nothing has to be read first but the text itself, so one half is enough.
# That is a {term}`decoder-only model` {cite:p}`radford-2018-gpt`: the decoder without its look at an encoder.
# The text that it is given to continue is called the {term}`prompt`.
#
# One rule makes it trainable: a token may look at itself and at earlier ones, never at later ones.
# Then a text of a hundred tokens is a hundred exercises at once, and no one of them can copy its answer.
# The rule is the {term}`causal mask`, a triangle in the table of who looks at whom.
# Here is chapter 28's {term}`attention <attention>` with that mask, beside the fused function that this chapter uses because it is faster.

# %%
import torch

from nlpcourse.transformers.attention import attention, causal_mask
from nlpcourse.transformers.gpt.model import causal_attention

torch.manual_seed(0)
q, k, v = torch.randn(3, 1, 1, 5, 4)  # (3, B, H, T, D)
by_hand, weights = attention(q, k, v, causal_mask(5))
print(weights[0, 0].round(decimals=2))
fused = causal_attention(q, k, v)
print("largest difference:", f"{(by_hand - fused).abs().max():.0e}")

# %% [markdown]
# Read the first row: the first token can look at nobody but itself.
# The last row is the only one that has a choice among all five.

# %% [markdown]
# ## The block
#
# A GPT is a stack of {term}`blocks <block>`, all alike, each with weights of its own.
# From here on the model is one file, to be read from top to bottom.
# The letters in the comments are B for the texts of a {term}`batch`, T for tokens, C for channels (the numbers of a token's vector), H for heads and D for the channels of one {term}`head`.
#
# Attention comes first.
# One layer makes {term}`queries <query>`, {term}`keys <key>` and {term}`values <value>` for all heads, and another joins what the heads bring home.
# (Leave `block` and `cache` aside for the moment.)

# %% tags=["remove-input"]
from nlpcourse.transformers.gpt.model import Attention, Block, FeedForward

show_source(causal_attention, Attention)

# %% [markdown]
# Then a {term}`feed-forward network` thinks about each token alone.
# Its {term}`activation function` is the GELU, a smooth switch that lets large numbers pass and stops small ones, in the approximation that GPT-2 was trained with:
#
# $$
# \operatorname{GELU}(x) \approx \tfrac{1}{2}\, x \left(1 + \tanh\left(\sqrt{2 / \pi}\,(x + 0.044715\, x^3)\right)\right)
# $$

# %% tags=["remove-input"]
show_source(FeedForward)

# %% [markdown]
# A block puts the two together, and the question is where to put the {term}`layer norm <layer normalisation>`, which brings a vector to a common scale.
# The first Transformer, and BERT after it, norm *after* adding.
# GPT-2 norms *before* each part, and leaves the sum alone:
#
# $$
# \begin{aligned}
# y &= x + \operatorname{attention}(\operatorname{norm}(x)) \\
# z &= y + \operatorname{feedforward}(\operatorname{norm}(y))
# \end{aligned}
# $$

# %% tags=["remove-input"]
show_source(Block)

# %% [markdown]
# What is gained?
# Look at $x$: from the first block to the last it is only ever added to.
# Every part has a {term}`residual connection` around it.
# This straight way through the model is the {term}`residual stream`, and along it the {term}`gradient` comes back to the first block undimmed, whatever the parts do.
# That is why deep GPTs train without the care that the first Transformer needed.

# %% [markdown]
# ## The whole model
#
# Attention does not see order, so every place has a vector of its own, a {term}`positional encoding` that is learnt and added.
# After the last block comes one more norm, because the sum has never been normed.

# %% tags=["remove-input"]
from nlpcourse.transformers.gpt import GPT, Decoder

show_source(Decoder.__init__, Decoder.forward)

# %% [markdown]
# The table of tokens is used twice ({term}`weight tying`): its row goes in when a token is read, and its row is compared with what comes out to score that token as the next one.

# %% tags=["remove-input"]
show_source(GPT)

# %% [markdown]
# That is all of GPT-2.
# Where do its {term}`parameters <parameter>` sit?

# %%
parts = {
    "tokens, read and scored": player.tokens,
    "places": player.decoder.places,
    "attention": [block.attention for block in player.decoder.blocks],
    "feed-forward": [block.feed_forward for block in player.decoder.blocks],
}
for name, part in parts.items():
    modules = part if isinstance(part, list) else [part]
    count = sum(p.numel() for module in modules for p in module.parameters())
    print(f"{name:25}{count:>9,}")

# %% [markdown]
# Two thirds of a block are its feed-forward network.
# In a model of words instead of characters, the table of tokens is the largest part.

# %% tags=["remove-cell"]
glue("31-parameters", f"{sum(p.numel() for p in player.parameters()):,}")
glue("31-context", recipes.SHAKESPEARE["context"])
glue("31-rows", recipes.SHAKESPEARE["rows"])
glue("31-steps", f"{recipes.RECIPES['gpt-shakespeare-seed0'].plan.steps:,}")
glue("31-live", 45)

# %% [markdown]
# ## Training on text
#
# A text needs no labels: the right answer at each place is the token that stands there.
# The {term}`loss` is the {term}`cross-entropy` of these answers, in {term}`nats <nat>` per token.
#
# $$
# L = -\frac{1}{T} \sum_{t=1}^{T} \ln p(w_{t+1} \mid w_1, \dots, w_t)
# $$
#
# Cut the text into windows, shuffle them, and read {glue}`31-rows` windows of {glue}`31-context` characters at each step; in the next {term}`epoch`, begin the windows at another place.

# %% tags=["remove-input"]
show_source(recipes.NextToken.batch, recipes.NextToken.loss)

# %% [markdown]
# Here are the first {glue}`31-live` steps of such a training, live.

# %%
from nlpcourse import training
from nlpcourse.training import Plan

training.set_seed(0)
task = recipes.Shakespeare(recipes.SHAKESPEARE)
plan = Plan(seed=0, steps=45, learning_rate=3e-3, warmup=10, interval=15)
for entry in training.fit(task, plan).losses:
    print(f"step {entry['step']:3}: {entry['loss']:.2f} nats per character")

# %% [markdown]
# An even guess among the {glue}`31-characters` characters costs {glue}`31-even` nats.
# The model has learnt within seconds which characters are frequent; words take longer.
#
# The whole training is the recipe `gpt-shakespeare-seed0`.
# Its sizes are those that nanoGPT {cite:p}`karpathy-nanogpt` publishes for a computer without a graphics card, and it takes as many steps: {glue}`31-steps`.
# Its {term}`learning rate` is higher and falls to zero.
# See in the figure how the loss keeps falling to the end, and how far below the published line it ends on text that it has not read.

# %% tags=["remove-cell"]
import math

from nlpcourse import ledger
from nlpcourse.ledger import record

held_out = lm.plays_split()[1]
costs = lm.sliding_costs(
    lambda ids: lm.token_costs(player, ids), held_out, 64, 64, rows=64
)
glue("31-characters", len(alphabet) - 1)
glue("31-even", f"{math.log(len(alphabet) - 1):.2f}")
display(record("31.shakespeare-seed-0", float(costs.mean())))

# %% tags=["hide-input"]
from nlpcourse import plots
from nlpcourse.transformers.gpt import figures

plots.show(
    figures.learning(
        log, float(costs.mean()), ledger.anchor("31.shakespeare-loss")
    ),
    name="31-learning",
    alt="Training loss against step: a steep fall in the first two hundred steps, "
    "then a slow one to the end; a dashed line marks the loss on new text and a "
    "dotted one nanoGPT's.",
    caption="Two thousand steps on three plays.",
)

# %% [markdown]
# On the last tenth of the plays, which it never read, a character costs {ledger}`31.shakespeare-seed-0` nats.

# %% [markdown]
# ## How is the next token chosen?
#
# The model gives {term}`logits <logit>`, and a {term}`softmax` makes probabilities of them.
# Which token should be written?
# For this question a model of words serves better than one of characters, so let us load one that was trained on WikiText-2, cut into pieces by chapter 02's {term}`byte-pair encoding`.

# %%
writer, pieces, pieces_log = recipes.load_pieces()
logits = lm.next_logits(writer, pieces, "The song was released in the United")
likeliest = logits.softmax(dim=-1).topk(5)
for share, number in zip(*likeliest, strict=True):
    print(f"{share:.3f} {pieces.texts([int(number)])[0]}")

# %% [markdown]
# Always taking the likeliest token is called {term}`greedy search`; you will see below what it does to a text.
# Drawing by the probabilities is honest, and has a fault of its own: thousands of unlikely tokens hold a little probability each, and together they hold a lot.
# Sooner or later one of them is drawn, and the text goes on from there.
#
# Three cuts keep the draw among the likely tokens.
# The first, {term}`temperature`, divides the logits: below one the likely tokens gain, above one the unlikely.

# %% tags=["remove-input"]
from nlpcourse.transformers.gpt.sampling import top_k, top_p, with_temperature

show_source(with_temperature)

# %% [markdown]
# {term}`Top-k sampling <top-k sampling>` {cite:p}`fan-2018` keeps the $k$ likeliest.

# %% tags=["remove-input"]
show_source(top_k)

# %% [markdown]
# But how many tokens make sense depends on the place: after *in the United* very few do, after *The* hundreds.
# {term}`Nucleus sampling <nucleus sampling>`, or top-p {cite:p}`holtzman-2020`, keeps the smallest set $S$ of likeliest tokens that holds a probability of $p$:
#
# $$
# S = \text{the smallest set of likeliest tokens with } \sum_{w \in S} p(w) \ge p
# $$

# %% tags=["remove-input"]
show_source(top_p)

# %% [markdown]
# The figure shows two prompts, one a row: an easy one and an open one.
# See how top-k leaves the same number of tokens in both (crosses mark what was dropped), while top-p leaves few where few make sense.

# %% tags=["hide-input"]
settings = {
    "as it is": Draw(),
    "temperature 0.5": Draw(temperature=0.5),
    "top-k, k = 4": Draw(k=4),
    "top-p, p = 0.7": Draw(p=0.7),
}
for name, text in {
    "easy": "The song was released in the United",
    "open": "The castle was built in the",
}.items():
    scores = lm.next_logits(writer, pieces, text)
    best = scores.topk(9).indices
    rows = {
        label: draw.filtered(scores).softmax(dim=-1)[best].tolist()
        for label, draw in settings.items()
    }
    shown_pieces = [piece.strip() for piece in pieces.texts(best.tolist())]
    plots.show(
        figures.what_remains(shown_pieces, rows),
        name=f"31-filters-{name}",
        alt=f"Probabilities of the nine likeliest pieces after {text!r} in four "
        "panels: as they are, sharpened, cut to four, and cut to the smallest set "
        "that holds seventy per cent.",
        caption=f"After “{text}”.",
    )

# %% [markdown]
# The loop that writes a text does nothing new: read, choose, append.

# %% tags=["remove-input"]
show_source(Draw.filtered, Draw.choose, generate)

# %% [markdown]
# Change the sliders and read what comes out.

# %% tags=["nbval-ignore-output", "widget"]
from ipywidgets import FloatSlider, IntSlider, Text, interact


def write(prompt: str, temperature: float, p: float, seed: int) -> None:
    """Print a continuation of the prompt."""
    ids, _ = pieces.encode(["<eos>", *prompt.split()])
    draw = Draw(temperature=temperature, p=p)
    found = generate(writer, torch.tensor([ids]), 40, draw, seed=seed)
    print("".join(pieces.texts(found[0, 1:].tolist())))


interact(
    write,
    prompt=Text("The castle was built in the", continuous_update=False),
    temperature=FloatSlider(0.8, min=0, max=2, step=0.1),
    p=FloatSlider(0.9, min=0.05, max=1, step=0.05),
    seed=IntSlider(1, 0, 20),
);

# %% [markdown]
# In the page you can do the same without installing anything:
#
# ```{playground} gpt
# ```

# %% [markdown]
# ## Nothing is read twice: the cache
#
# The loop above has a waste in it.
# To choose the next token it reads the whole text, to choose the one after that it reads the whole text again, and all but one token of it is the same as before.
#
# But look at the causal mask: no token sees a later one.
# So whatever a token has computed, in every block, can't change when the text grows.
# All that a new token needs of the old ones is their keys and values:
#
# $$
# \operatorname{attention}(q_t) = \operatorname{softmax}\left(\frac{q_t\, [k_1, \dots, k_t]^\top}{\sqrt{D}}\right) [v_1, \dots, v_t]
# $$
#
# Keep them, and each step reads one token.
# This is the {term}`key-value cache`.

# %% tags=["remove-input"]
from nlpcourse.transformers.gpt import Cache

show_source(Cache.extend)

# %% [markdown]
# Is it the same?
# Read a text in one piece, and read it in three pieces with a cache.

# %%
ids = held_out[None, :60]
cache = Cache()
with torch.no_grad():
    whole = player(ids)
    parts = [player(part, cache) for part in ids.split([30, 1, 29], dim=1)]
difference = (torch.cat(parts, dim=1) - whole).abs().max()
print(f"tokens in the cache: {cache.length}, largest difference: {difference:.0e}")

# %% [markdown]
# Equal, up to the rounding of sums that are added in another order.
# What does it save?
# We time a model of the same width with a longer context; the content of the text does not matter for that.
# See how the time of a token grows with the text where everything is read anew, and hardly grows with the cache.

# %% tags=["hide-input", "nbval-ignore-output"]
from nlpcourse.transformers.gpt import GPTConfig, speed

torch.manual_seed(0)
long_model = GPT(GPTConfig(80, context=200, size=128, layers=4, heads=4)).eval()
anew, kept = (
    speed.seconds_per_token(long_model, 80, 200, cached, turns=1)
    for cached in (False, True)
)
plots.show(
    figures.cache_cost(anew, kept),
    name="31-cache",
    alt="Milliseconds per token against the number of tokens before: rising "
    "steadily without the cache, almost level with it.",
    caption="What a further token costs, with and without the cache.",
)

# %% [markdown]
# Over a text of five hundred tokens, the benchmark of this chapter counts {ledger}`31.speed-cache` tokens a second with the cache, which is {ledger}`31.speed-cache-ratio` as fast as without.
#
# The price is memory: two vectors per token, block and head.
# And a cache can't slide: when the text outgrows the context window, every token gets another place, and all keys change.
# That is why `generate` takes either a cache or a sliding context.

# %% [markdown]
# ## One price for all: characters, words, pieces
#
# How good is a GPT beside the models of earlier chapters?
# They all predicted the same text, the test text of WikiText-2 with its published vocabulary, and their {term}`perplexity` is counted per word.
# So the first comparison is with words as tokens: chapter 22's tables, word {term}`embeddings <embedding>` tied to an {term}`adaptive softmax`, read by our decoder in place of a recurrent network.

# %% tags=["remove-input"]
show_source(lm.WordGPT)

# %% [markdown]
# A word-level model has a table of thousands of rows, most of them for words that it hardly ever sees, and everything beyond is `<unk>`.
# Pieces have neither fault, but what is their perplexity?
# A piece is easier to predict than a word, since there is less in it, so perplexities per token can't be compared.
# The text, however, is the same.
# Its price is the sum of what its tokens cost, and that sum can be divided by the number of *words*, whatever the tokens were:
#
# $$
# \text{perplexity per word} = \exp\left(\frac{-\sum_{\text{tokens}} \ln p(\text{token} \mid \text{before})}{\text{number of words}}\right)
# $$

# %%
reader, _ = recipes.load_words()
sentence = "The castle was built by the king of England in the 12th century .".split()
ids, owners = pieces.encode(sentence)
print("|".join(text.strip() for text in pieces.texts(ids)))
price_of_words = lm.sentence_costs(reader, sentence)
price_of_pieces = lm.sentence_costs(writer, sentence, pieces)
print(f"words:  {sum(price_of_words):.1f} nats in all")
print(f"pieces: {sum(price_of_pieces):.1f} nats in all")

# %% [markdown]
# (All these words are in the published vocabulary; a word that is not would be `<unk>` to one model and be spelt by the other.)
# See where the money goes: to the words that carry news, in both models.

# %% tags=["hide-input"]
plots.show(
    figures.sentence(
        sentence, {"GPT of words": price_of_words, "GPT of pieces": price_of_pieces}
    ),
    name="31-sentence",
    alt="Cost of each word of the sentence under two models, in nats: small for "
    "was, by, the and of, large for castle and 12th.",
    caption="What each word costs; a word of several pieces costs their sum.",
)

# %% [markdown]
# Three things keep the comparison fair.
# The pieces spell the same text, in which rare words are already `<unk>`, and `<unk>` and the end of a line are one piece each; so both models get the same gifts and pay for the same words.
# A model of pieces also gives some probability to spellings that never occur, which can only make it look worse than it is.
# And each token must have context: a text is longer than the window, so the windows overlap, and only the second half of each is counted.

# %% tags=["remove-input"]
show_source(lm.sliding_costs)

# %% [markdown]
# Each model saw {glue}`31-words-read` million words, as many as chapter 23's LSTM, and was trained with three {term}`random seeds <random seed>`.

# %% tags=["remove-cell"]
plan = recipes.RECIPES["gpt-wikitext2-seed0"].plan
tokens_a_step = recipes.WORDS["rows"] * recipes.WORDS["context"]
glue("31-words-read", f"{plan.steps * tokens_a_step / 1e6:.1f}")
of_words = recipes.over_seeds("gpt-wikitext2-seed{}", "test_perplexity")
of_pieces = recipes.over_seeds("gpt-wikitext2-pieces-seed{}", "test_perplexity")
display(record("31.words", **of_words))
display(record("31.pieces", **of_pieces))
display(
    record("31.pieces-per-word", pieces_log["metrics"]["test_pieces_per_word"])
)

# %% [markdown]
# ## The same text, the same budget
#
# Here is every language model of the course on one text.
# The neural ones read the same number of words; the n-grams counted the whole training text once.

# %%
table = {
    "n-grams, Kneser–Ney": "09.lm-perplexity",
    "plain recurrent network": "22.lm-perplexity",
    "LSTM": "23.lm-perplexity",
    "GPT of words": "31.words",
    "GPT of pieces": "31.pieces",
}
print(f"{'model':26}{'perplexity':>10}{'spread':>8}{'minutes':>9}")
for name, key in table.items():
    row = ledger.get(key)
    spread = f"{row.spread:8.1f}" if row.seeds else ""
    minutes = f"{row.seconds / 60:9.0f}" if row.seeds else ""
    print(f"{name:26}{row.value:10.1f}{spread}{minutes}")

# %% [markdown]
# Three things can be read from the table.
# The neural models share the text, the number of words read and (but for the pieces) the vocabulary and the output layer, so what differs is how each carries the past: one vector, a gated vector, or a look at every word of the window.
# The spread over seeds tells which of the distances are more than luck.
# And the minutes tell what each distance costs: attention does more arithmetic per word than a recurrent network, but all places of a window at once.
#
# Before you conclude that one architecture is better: the budget is small.
# A published LSTM of nearly the same size, trained for hundreds of readings of this text, reaches {ledger-anchor}`23.lm-perplexity` (chapter 23).

# %% [markdown]
# ## From GPT-2 to today: a real decoder
#
# SmolLM2 {cite:p}`allal-2025` is a decoder of today, small enough for any machine and trained on two trillion tokens.
# Its file is a GGUF, the format in which models are passed around for everyday machines.
# A reader for it fits on a page: a header, settings by name, a list of {term}`tensors <tensor>`, and the bytes.

# %%
from nlpcourse.transformers.gpt import llama

smol = llama.Smol()
stored = smol.file.tensors
for name, size in vars(smol.model.config).items():
    print(f"{name:14}{size:>10,.7g}")
for name in ("token_embd.weight", "blk.0.attn_q.weight", "blk.0.attn_k.weight"):
    print(f"{name:22}", stored[name].shape, f"{stored[name].bytes:,} bytes")

# %% [markdown]
# The bytes are fewer than the numbers.
# That is {term}`quantization`: a matrix is cut into stretches of thirty-two numbers, and a stretch is stored as a scale $d$, a smallest number $m$, and thirty-two numbers $q$ of four bits each, which stand for
#
# $$
# x = d \cdot q + m, \qquad q \in \{0, 1, \dots, 15\}
# $$

# %% tags=["remove-input"]
from nlpcourse.transformers.gpt import gguf

show_source(gguf.q4_1)

# %% tags=["remove-cell"]
parameters_of_smol = sum(p.numel() for p in smol.model.parameters())
glue("31-smol", f"{parameters_of_smol / 1e6:.0f}")
glue("31-smol-bits", f"{8 * smol.file.path.stat().st_size / parameters_of_smol:.1f}")
glue("31-smol-memory", f"{4 * parameters_of_smol / 1e6:.0f}")

# %% [markdown]
# So {glue}`31-smol` million weights lie in {glue}`31-smol-bits` bits each; multiplied out to ordinary floating-point numbers, they take {glue}`31-smol-memory` MB of memory.
#
# The model is not a GPT-2.
# Its architecture is that of Llama {cite:p}`touvron-2023`, and four parts have changed, each for a reason.
#
# First, {term}`RMSNorm` {cite:p}`zhang-sennrich-2019`: a layer norm without the mean.
# Subtracting the mean turned out to be worth little, and it costs time.
#
# $$
# \operatorname{RMSNorm}(x) = g \odot \frac{x}{\sqrt{\tfrac{1}{C} \sum_i x_i^2 + \varepsilon}}
# $$

# %% tags=["remove-input"]
show_source(llama.RMSNorm.forward)

# %% [markdown]
# Second, {term}`SwiGLU <SwiGLU>` {cite:p}`shazeer-2020`: in place of one wide layer with a GELU there are two, and one of them opens and shuts the other.

# %% tags=["remove-input"]
show_source(llama.SwiGLU.forward)

# %% [markdown]
# Third, {term}`rotary positions <rotary position>` {cite:p}`su-2024-rotary`.
# A table of places ends somewhere, and it says *where* a token stands although what matters is *how far away*.
# So turn every pair of channels of a query or key by an angle that grows with its place.
# The product of a query at place $m$ and a key at place $n$ then depends on the difference of the angles alone:
#
# $$
# \langle R_{m\theta}\, q,\; R_{n\theta}\, k \rangle = \langle R_{(m-n)\theta}\, q,\; k \rangle
# $$

# %% tags=["remove-input"]
show_source(llama.rotate)

# %% [markdown]
# Fourth, {term}`grouped-query attention` {cite:p}`ainslie-2023`: several heads of queries share one head of keys and values, so that the cache shrinks.
# SmolLM2 has three heads of queries for one of keys; look back at the shapes printed above.

# %% tags=["remove-input"]
show_source(llama.Attention.forward)

# %% [markdown]
# And the biases are gone.
# All else is as before, down to the tied table of tokens.
# What does it know?

# %% tags=["nbval-ignore-output"]
import textwrap

with torch.no_grad():
    scores = smol.model(smol.encode("The capital of France is"))[0, -1]
for share, number in zip(*scores.softmax(dim=-1).topk(4), strict=True):
    print(f"{share:.2f} {smol.decode([int(number)])}")
prompt = smol.encode("The castle stood on a hill above the river, and")
story = generate(smol.model, prompt, 25, Draw(p=0.8), seed=2)
print(textwrap.fill(smol.decode(story[0].tolist()), 80))

# %% [markdown]
# ## What does it learn from its prompt?
#
# No weight of a model changes while it writes.
# Still, it can learn something from the text that it reads.
#
# Take a list of random tokens, which nobody can predict, and let a model read it twice in a row.
# In the second reading everything could be predicted, by looking back: find the place where the last token stood before, and copy what followed it.
# See which of the two models does that: dashed is the second reading.

# %% tags=["remove-cell"]
from nlpcourse.transformers.gpt import in_context

copies = {
    "ours, some minutes": in_context.read_twice(writer, len(pieces) - 2, 40, seed=0),
    "SmolLM2": in_context.read_twice(
        smol.model, smol.model.config.vocabulary, 40, seed=0
    ),
}
guesses = [math.log(len(pieces) - 2), math.log(smol.model.config.vocabulary)]
first, second = (float(costs.mean()) for costs in copies["SmolLM2"])
display(record("31.copy-first", first))
display(record("31.copy-second", second))
ours_first, ours_second = (float(c.mean()) for c in copies["ours, some minutes"])
display(record("31.copy-ours", ours_first - ours_second))

# %% tags=["remove-input"]
plots.show(
    figures.two_readings(copies, guesses),
    name="31-copies",
    alt="Cost of each token of a random list in two readings. Our model pays about "
    "the same both times; SmolLM2 pays far less in the second reading from the "
    "first few tokens on.",
    caption="A list of random tokens, read twice.",
)

# %% [markdown]
# In the first reading a token costs SmolLM2 {ledger}`31.copy-first` nats, more than an even guess, since it expects English.
# In the second it costs {ledger}`31.copy-second`.
# Our small model gains {ledger}`31.copy-ours` nats: it has not learnt to copy.
# {cite:t}`olsson-2022-copies` found the heads that do it, and saw them appear all at once in the course of a training.
#
# Copying is the simplest case of {term}`in-context learning`.
# A richer one: show some examples of a task in the prompt, and ask for the next answer {cite:p}`brown-2020-gpt3`.

# %%
pairs = in_context.TASKS["opposite"]
print(in_context.prompt(pairs, number=0, examples=2))

# %% tags=["remove-input"]
show_source(in_context.share_right)

# %% [markdown]
# Nothing says what the arrow means.
# See how the share of right answers rises with the number of examples, in most tasks from nothing.

# %% tags=["remove-cell"]
shown = (0, 1, 2, 4)
right = {
    name: [in_context.share_right(smol, pairs, number) for number in shown]
    for name, pairs in in_context.TASKS.items()
}
for name, shares in right.items():
    display(record(f"31.few-{name.lower()}", shares[-1]))
display(record("31.few-none", max(shares[0] for shares in right.values())))

# %% tags=["remove-input"]
plots.show(
    figures.by_examples(right, shown),
    name="31-examples",
    alt="Share answered right against the number of examples for plurals, "
    "opposites, capitals and French words: none right without examples, and most of "
    "the first three right with four.",
    caption="Ten questions for each task, answered by the likeliest next token.",
)

# %% [markdown]
# With four examples it finds {ledger}`31.few-plural` of the plurals, {ledger}`31.few-opposite` of the opposites and {ledger}`31.few-capital` of the capitals, but only {ledger}`31.few-french` of the French words.
# Without an example, the best of the four tasks is at {ledger}`31.few-none`: not because it does not know that *cold* is the opposite of *hot*, but because nothing asked for it.
# So a prompt does two things.
# It says which task is meant, and it shows what an answer looks like.
# It can't bring in what the model never learnt, such as much French.

# %% [markdown]
# ## The production library
#
# Hugging Face's `transformers` has both architectures.
# Its GPT-2 keeps matrices the other way round in a layer called `Conv1D`, for reasons of history, so loading its weights means renaming and transposing.

# %% tags=["remove-input"]
from nlpcourse.transformers.gpt import from_gpt2

show_source(from_gpt2)

# %%
from transformers import GPT2Config, GPT2LMHeadModel

sizes = GPT2Config(
    vocab_size=50, n_positions=32, n_embd=48, n_layer=3, n_head=4, use_cache=False
)
torch.manual_seed(0)
theirs = GPT2LMHeadModel(sizes).double().eval()
ours = GPT(GPTConfig(50, context=32, size=48, layers=3, heads=4)).double().eval()
ours.load_state_dict(from_gpt2(theirs.state_dict()))
ids = torch.randint(50, (4, 32))
with torch.no_grad():
    apart = (ours(ids) - theirs(ids).logits).abs().max().item()
record("31.gpt2-logits", apart)

# %% [markdown]
# The same for SmolLM2: its weights, as our reader decodes them, in the library's Llama.
# One detail is easy to miss.
# The library turns channel $i$ of a head together with channel $i + D/2$, the file's authors turn neighbours, so the rows of the query and key matrices must change places on the way.

# %%
library = llama.to_transformers(smol.model)
ids = smol.encode(" ".join(sentence))
with torch.no_grad():
    apart = (smol.model(ids) - library(ids).logits).abs().max().item()
record("31.smol-logits", apart)

# %% tags=["remove-cell"]
del library

# %% [markdown]
# `generate` is the library's loop, and the cuts have names of their own there: `TemperatureLogitsWarper`, `TopKLogitsWarper`, `TopPLogitsWarper`.
# They are applied in this order, as ours are.
# Two habits are worth knowing: `generate` draws only with `do_sample=True`, and a model's own configuration may set temperature and top-p for you.

# %% [markdown]
# ## Beside the oracle and the published figure
#
# The tests compare our GPT with the library's on sizes and weights that Hypothesis draws: logits, loss and every gradient, to ten digits in double precision.
# Reading with a cache, in pieces of any length, equals reading in one go; the three cuts equal the library's on any logits; greedy texts are the same, token by token, for GPT-2 and for SmolLM2.
#
# Our training step is {ledger}`31.speed-training-ratio` as fast as the library's with the same sizes, at {ledger}`31.speed-training` characters a second on one core, and our loop writes {ledger}`31.speed-generate-ratio` as fast as `generate`, which has many more cases to think of.

# %%
of_plays = recipes.over_seeds("gpt-shakespeare-seed{}", "validation_loss")
record("31.shakespeare-loss", **of_plays)

# %% tags=["remove-cell"]
glue("31-seconds", f"{ledger.get('31.shakespeare-loss').seconds:.0f}")

# %% [markdown]
# On Shakespeare the mean over {ledger-seeds}`31.shakespeare-loss` seeds is {ledger}`31.shakespeare-loss` ± {ledger-spread}`31.shakespeare-loss` nats per character, after {glue}`31-seconds` seconds of training.
# nanoGPT's page names {ledger-anchor}`31.shakespeare-loss` for the same sizes and number of steps, on a larger collection of Shakespeare's scenes.
# The texts differ, so the two figures say only that we are in the right place.

# %% [markdown]
# GPT-2's smallest model reaches {ledger-anchor}`31.words` on WikiText-2 without having been trained on it {cite:p}`radford-2019-gpt2`, and its largest {ledger-anchor}`31.pieces`.
# Their perplexities are counted per word of the text, too, but of the text before rare words became `<unk>`, with its blanks and marks put back.
# They read forty gigabytes of web pages before.
# The distance between their figure and ours is the distance between some minutes and some weeks.

# %% [markdown]
# ## What goes wrong
#
# **The likeliest text is not a likely text.**
# Take the likeliest character each time:

# %% tags=["nbval-ignore-output"]
from nlpcourse.transformers.gpt.sampling import GREEDY, repeated_share

looping = generate(player, start_of_play, 300, GREEDY, cached=False, context=64)
print(textwrap.fill(alphabet.decode(looping[0, :240].tolist()), 80))

# %% tags=["remove-cell"]
drawn = generate(player, start_of_play, 300, Draw(p=0.9), cached=False, context=64)
display(record("31.loop-greedy", repeated_share(looping[0].tolist())))
display(record("31.loop-drawn", repeated_share(drawn[0].tolist())))
display(record("31.loop-real", repeated_share(held_out[:322].tolist())))

# %% [markdown]
# It turns in circles.
# A phrase that has been written makes the same phrase likelier, and nothing ever leads out of the loop.
# Of all stretches of a dozen characters, {ledger}`31.loop-greedy` stood in the text before; in a text drawn with top-p it is {ledger}`31.loop-drawn`, in Shakespeare's own {ledger}`31.loop-real`.
# Large models do it too, in longer circles.
# People do not write the likeliest word each time, or nobody would read them {cite:p}`holtzman-2020`.
#
# **The opposite: everything may be drawn, and more so.**

# %% tags=["nbval-ignore-output"]
hot = generate(
    player, start_of_play, 160, Draw(temperature=1.5), cached=False, context=64
)
print(alphabet.decode(hot[0].tolist()))

# %% [markdown]
# **Windows without context.**
# Evaluate in windows that do not overlap, and the first token of each is predicted from nothing.
# There is no error, only a worse figure for the same model:

# %%
test_ids, _ = lm.split_ids("test", None)
stretch = test_ids[:8_001]
context = recipes.WORDS["context"]
with_overlap, without = (
    lm.word_perplexity(
        lm.sliding_costs(reader.costs, stretch, context, stride), 8_000
    )
    for stride in (context // 2, context)
)
record("31.windows", without / with_overlap)

# %% [markdown]
# The perplexity is {ledger}`31.windows` what it should be.
# Published figures differ in this choice, and seldom say so.
#
# **The end of the table of places.**
# A text that is longer than the context is not read worse, it can't be read at all:

# %%
try:
    player(held_out[None, :65])
except ValueError as error:
    print(error)

# %% [markdown]
# A model with rotary positions gives no error.
# It reads on, at angles that it has never seen, and what comes out is seldom sense.

# %% [markdown]
# ## Exercises

# %% [markdown]
# (exercise-31-1)=
# ### Exercise 31.1 · Count the numbers
#
# *easy · 1 point*
#
# How many parameters has a GPT?
# Write a function of the vocabulary, the context, the size and the number of blocks.
# Make no model: count.
# The table of tokens counts once; every linear layer has a bias, every layer norm a scale and a shift.

# %% nlpcourse={"difficulty": "easy", "exercise": "31.1", "live": false, "points": 1}
def count_numbers(vocabulary, context, size, layers):
    """Return the number of parameters of a GPT."""
    ### BEGIN SOLUTION
    attention = 4 * size * size + 4 * size
    feed_forward = 8 * size * size + 5 * size
    norms = 2 * 2 * size
    return (vocabulary + context + 2) * size + layers * (
        attention + feed_forward + norms
    )
    ### END SOLUTION


# %% nlpcourse={"check": "31.1"}
from nlpcourse.checks import check

check("31.1", count_numbers)
### BEGIN HIDDEN TESTS
assert count_numbers(50_257, 1024, 768, 12) == 124_439_808
assert count_numbers(1, 1, 1, 0) == 4
### END HIDDEN TESTS

# %% [markdown]
# (exercise-31-2)=
# ### Exercise 31.2 · How large does the cache grow?
#
# *easy · 1 point*
#
# Keys and values are kept as numbers of 16 bits.
# Write a function of the number of blocks, of heads of keys, of numbers per head, and of tokens, that returns the size of the cache in bytes.

# %% nlpcourse={"difficulty": "easy", "exercise": "31.2", "live": false, "points": 1}
def cache_bytes(layers, heads, size, tokens):
    """Return the bytes that all keys and values of a text take."""
    ### BEGIN SOLUTION
    return 2 * 2 * layers * heads * size * tokens
    ### END SOLUTION


# %% nlpcourse={"check": "31.2"}
check("31.2", cache_bytes)
### BEGIN HIDDEN TESTS
assert cache_bytes(30, 3, 64, 8192) == 188_743_680
assert cache_bytes(1, 1, 1, 0) == 0
### END HIDDEN TESTS

# %% [markdown]
# (exercise-31-3)=
# ### Exercise 31.3 · Min-p
#
# *medium · 2 points*
#
# Another filter keeps every token that is at least some share as likely as the likeliest one.
# Write it: `logits` is (texts, vocabulary), and what is dropped becomes minus infinity.
# The check draws its share for you:

# %% nlpcourse={"difficulty": "medium", "exercise": "31.3", "live": false, "points": 2}
import torch

from nlpcourse.checks import parameters

print("the share is", parameters("31.3")["share"])


def min_p(logits, share):
    """Return the logits, −∞ where p < share · (largest p of the row)."""
    ### BEGIN SOLUTION
    shares = logits.softmax(dim=-1)
    bound = share * shares.max(dim=-1, keepdim=True).values
    return logits.masked_fill(shares < bound, -torch.inf)
    ### END SOLUTION


# %% nlpcourse={"check": "31.3"}
check("31.3", min_p)
### BEGIN HIDDEN TESTS
hidden_logits = torch.tensor([[0.0, 0.0, -9.0], [3.0, 0.0, 0.0]])
assert min_p(hidden_logits, 0.5).isfinite().tolist() == [
    [True, True, False],
    [True, False, False],
]
### END HIDDEN TESTS

# %% [markdown]
# (exercise-31-4)=
# ### Exercise 31.4 · Keep writing
#
# *open · 3 points*
#
# The check lets the model of Shakespeare's characters continue two scenes by three hundred characters, and asks your rule for each of them.
# You get the logits of the next character (a tensor), and the list of the characters so far; return the number of one character.
# At most a seventh of the text may repeat itself, and on average a character may cost the model no more than {glue}`31-dear` nats.
# There are many ways; the check takes some seconds.

# %% tags=["remove-cell"]
from nlpcourse.checks import gpt as gpt_checks

glue("31-dear", gpt_checks.DEAR)

# %% nlpcourse={"difficulty": "open", "exercise": "31.4", "live": false, "points": 3}
import torch


def choose(logits, so_far):
    """Return the number of the next character."""
    ### BEGIN SOLUTION
    shares = (logits / 0.8).softmax(dim=-1)
    best = shares.topk(12)
    return int(best.indices[torch.multinomial(best.values, 1)])
    ### END SOLUTION


# %% nlpcourse={"check": "31.4"}
check("31.4", choose)
### BEGIN HIDDEN TESTS
assert 0 <= choose(torch.zeros(20), [1, 2, 3]) < 20
### END HIDDEN TESTS

# %% [markdown]
# ## Quiz

# %% tags=["nbval-ignore-output", "quiz"]
quiz("31")

# %% [markdown]
# ## What we learnt
#
# - A GPT is half a Transformer: blocks that look back only, trained to predict the next token at every place at once.
# - Each part reads a normed copy of the residual stream and adds to it, so gradients find a straight way back.
# - The likeliest text is a loop, the freest is noise; temperature, top-k and top-p keep the draw between them.
# - What has been read can't change, so its keys and values are kept, and the cache changes nothing but the time.
# - The price of a text can be compared however it was cut; perplexity per token can't.
# - Today's decoders rotate queries and keys, norm without a mean, gate their networks and share keys and values.
# - A pretrained model learns tasks from its prompt; a model trained for some minutes does not.

# %% [markdown]
# ## Further reading
#
# - {cite:t}`radford-2018-gpt` train a decoder on books and tune it for tasks; {cite:t}`radford-2019-gpt2` make it larger and ask without tuning.
# - {cite:t}`brown-2020-gpt3` is where examples in the prompt became a method.
# - {cite:t}`karpathy-nanogpt` is the same model with the tricks of large trainings.
# - {cite:t}`holtzman-2020` show what is wrong with the likeliest text, and draw from the nucleus.
# - {cite:t}`olsson-2022-copies` open the model to see where copying happens.
# - {cite:t}`su-2024-rotary` derive the rotation; {cite:t}`ainslie-2023` and {cite:t}`shazeer-2020` the other parts.
