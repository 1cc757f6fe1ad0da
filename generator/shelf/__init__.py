"""Where a finished track belongs, and whether it may go there."""

from generator.shelf.beside import (
    FAILED,
    MADE_FROM,
    REPORT,
    SHA256,
    SIDECAR,
    TRANSCRIPT,
    beside,
    date,
    editions,
    ours,
    sidecar,
)
from generator.shelf.inputs import made_from, together
from generator.shelf.labels import check_label, check_labels, new_label
from generator.shelf.places import (
    admit,
    admit_extra,
    checked_date,
    checked_place,
    extras,
    folder,
    path,
    require_space,
    stem,
    stems,
)

__all__ = [
    "FAILED",
    "MADE_FROM",
    "REPORT",
    "SHA256",
    "SIDECAR",
    "TRANSCRIPT",
    "admit",
    "admit_extra",
    "beside",
    "check_label",
    "check_labels",
    "checked_date",
    "checked_place",
    "date",
    "editions",
    "extras",
    "folder",
    "made_from",
    "new_label",
    "ours",
    "path",
    "require_space",
    "sidecar",
    "stem",
    "stems",
    "together",
]
