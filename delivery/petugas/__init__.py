"""The kecamatan officer's place under /petugas/.

A page is a view behind `frame.officer`, finds what it works on through `scope` alone, and is listed in `urls`.
A queue of work on the start page is a function behind `queues.queue`.
"""
