"""Whose certificates are believed: the user's own, or those that everybody trusts."""

from __future__ import annotations

import os
import ssl
from pathlib import Path

VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
"""Where people name certificates of their own; the first that is set counts."""


def trusted() -> str | bool:
    """The file or folder to verify against, or True for those that everybody trusts.

    Raises OSError when there are none in the user's own file.
    """
    own = next(filter(None, map(os.environ.get, VARIABLES)), "")
    if Path(own).is_file() and own:
        try:
            ssl.create_default_context(cafile=own)
        except ssl.SSLError as error:
            raise OSError("no certificates") from error
    return own or True
