"""Messages to the outside: written in the same transaction, sent afterwards."""
