"""What each role may do with hand-overs; the database keeps the parts that must hold whoever asks.

Officers of a kecamatan work under /petugas/, which asks for their role and kecamatan itself.
"""

_WORK = ("view_handover", "add_handover", "change_handover", "view_paperlist", "change_paperlist")

STAFF_MAY = {
    "operator": _WORK,
    "supervisor": (*_WORK, "change_handovercard", "change_listedpaper"),
    "auditor": ("view_handover", "view_paperlist"),
}
