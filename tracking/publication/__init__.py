"""What is published every day, so that anyone can check that the queue is kept and history is not rewritten.

`publish` closes days; `queries` reads what they said, `proofs` gives the holder of a receipt the proof that each event
of the card is in a day's private tree, `check` recomputes everything for `verify`.
"""
