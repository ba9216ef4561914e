"""The figures of `make bench`: ours beside an honest peer, on the same server, with the same data.

`python -m bench` measures every row, `python -m bench NAME…` some; QUICK=1 at a tenth. Everything lives in a
cluster of its own under var/bench, never in the demo's data. Results are written after every row.
"""
