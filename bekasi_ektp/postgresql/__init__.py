"""Django's PostgreSQL backend, which starts the embedded server and keeps row values out of error texts."""
