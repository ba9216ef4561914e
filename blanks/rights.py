"""What each role may do with blanks; the database keeps the parts that must hold whoever asks."""

_READ = (
    "view_account",
    "view_movement",
    "view_document",
    "view_printbatch",
    "view_priority",
    "view_serial",
    "view_plannedshipment",
    "view_closure",
)
_WORK = ("add_document", "add_printbatch", "add_result")

STAFF_MAY = {
    "operator": (*_READ, *_WORK),
    "supervisor": (
        *_READ,
        *_WORK,
        "add_movement",
        "add_priority",
        "change_late",
        "add_plannedshipment",
        "change_plannedshipment",
        "add_closure",
    ),
    "auditor": _READ,
}
