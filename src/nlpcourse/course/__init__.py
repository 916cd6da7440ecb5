"""How the book is made: the registry of chapters, the ledger of results, prose, paths."""
