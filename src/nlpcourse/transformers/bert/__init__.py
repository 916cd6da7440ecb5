"""Chapter 30, BERT and RoBERTa."""
from nlpcourse.transformers.bert.encoder import *
