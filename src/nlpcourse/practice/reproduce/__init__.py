"""Chapter 40: to reproduce a table of a paper, a ladder of small files.

`printed` reads a printed figure as what it is, an interval; `spread` says where one more run
would lie; `flips` compares two systems on the same items; `forks` goes through all readings of a
protocol; `twins` looks whose line a line is.  `lexicon_table` has the lines of Hutto and Gilbert
(2014), `trained` their trained rivals, `kim_data`, `variants` and `recipes` the networks of Kim
(2014), `report` writes it all down, `figures` draws, and `cli` hands out the empty form.
"""
