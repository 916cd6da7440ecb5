"""The page "The same text, eight models": one sentence through the models of the path."""
