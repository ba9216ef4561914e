"""Receipts, reports, objections and contacts."""
