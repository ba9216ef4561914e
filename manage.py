#!/usr/bin/env python
"""Django's command line; the embedded server starts by itself when a command needs it."""

import os
import sys

UNDEFINED_TABLE = "42P01"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bekasi_ektp.settings")
    from django.core.management import execute_from_command_line
    from django.db import OperationalError, ProgrammingError

    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        if "--traceback" in sys.argv:
            raise
        sys.exit(f"Database: {error}")
    except ProgrammingError as error:
        if "--traceback" in sys.argv or getattr(error.__cause__, "pgcode", "") != UNDEFINED_TABLE:
            raise
        sys.exit("Database: its tables are not those of this program yet. Run `manage.py migrate` first.")


if __name__ == "__main__":
    main()
