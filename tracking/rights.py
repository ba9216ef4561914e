"""What each role may do with cards; the database keeps the parts that must hold whoever asks."""

_READ = (
    "view_card",
    "view_block",
    "view_letterrule",
    "view_officerule",
    "view_office",
    "view_kecamatan",
    "view_kelurahan",
    "view_forecast",
    "view_obliged",
    "view_case",
    "view_receipt",
    "view_suket",
)
_WORK = (
    "cancel_card",
    "confirm_card",
    "renew_card",
    "reveal_card",
    "add_block",
    "add_note",
    "change_office",
    "change_case",
    "add_receipt",
    "add_suket",
)
_RULES = (
    "correct_card",
    "change_block",
    "add_letterrule",
    "change_officerule",
    "add_obliged",
    "change_obliged",
)

STAFF_MAY = {
    "operator": (*_READ, *_WORK),
    "supervisor": (*_READ, *_WORK, *_RULES),
    "kecamatan": (
        "view_card",
        "view_block",
        "confirm_card",
        "add_note",
        "view_case",
        "change_case",
        "add_receipt",
        "add_suket",
    ),
    "auditor": _READ,
}
