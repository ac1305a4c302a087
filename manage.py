#!/usr/bin/env python3
"""Django's command-line entry point (development settings unless told otherwise)."""

import os
import sys


def main() -> None:
    """Run the administrative command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pdi.settings.dev")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
