"""The citizen's pages: flat views; what they say is in tracking.public and templates/public."""
