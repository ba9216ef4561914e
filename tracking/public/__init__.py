"""What the citizen's pages say: texts by stage, the way of a card, dates, and the status page itself."""
