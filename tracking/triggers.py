"""The doors of the cards' tables are every room's; migrations name their SQL here."""

from staff.triggers import Door, DoorSql, OwnerDoor, OwnerDoorSql

__all__ = ["Door", "DoorSql", "OwnerDoor", "OwnerDoorSql"]
