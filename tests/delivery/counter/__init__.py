"""The counter: collection, papers taken back, sukets and receipts, cards outside the ledger."""
