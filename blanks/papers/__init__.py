"""Papers of this room: PDFs that are signed. What a paper says is stored first, so it can be made again byte by byte."""
