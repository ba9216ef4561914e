"""PDFs of hand-overs."""
