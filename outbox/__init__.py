"""Messages to the world outside: written with what they speak of, sent after it is certain, never lost."""
