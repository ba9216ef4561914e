"""A counter for every kecamatan and the main one, to be checked by staff; the key of status links."""

from django.conf import settings
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from tracking import tokens

# Plausible, not checked: Office.checked stays false until a supervisor has put them right.
MAIN = ("Loket Disdukcapil Kota Bekasi", "Jalan Ir. H. Juanda No. 100, Bekasi Timur", "021 8000 1000")
STREETS = {
    1: "Jalan Pahlawan No. 12",
    2: "Jalan Bintara Raya No. 8",
    3: "Jalan Kaliabang Tengah No. 21",
    4: "Jalan Pekayon Raya No. 5",
    5: "Jalan Siliwangi No. 44",
    6: "Jalan Sultan Agung No. 30",
    7: "Jalan Bantargebang Setu No. 26",
    8: "Jalan Raya Pondok Gede No. 17",
    9: "Jalan Raya Jatiasih No. 9",
    10: "Jalan Raya Kranggan No. 3",
    11: "Jalan Mustika Sari No. 11",
    12: "Jalan Raya Hankam No. 7",
}
HOURS = "Senin–Jumat, pukul 08.00–15.00"


def load(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    using = editor.connection.alias
    office = apps.get_model("tracking", "Office").objects.using(using)
    office.create(id=0, name=MAIN[0], address=MAIN[1], hours=HOURS, phone=MAIN[2])
    for place in apps.get_model("tracking", "Kecamatan").objects.using(using).order_by("id"):
        office.create(
            id=place.id,
            name=f"Kantor Kecamatan {place.name}",
            address=f"{STREETS.get(place.id, 'Jalan Raya No. 1')}, {place.name}",
            hours=HOURS,
            phone=f"021 8000 11{place.id:02}",
        )
    if settings.EKTP_SEAL_KEYS:
        tokens.make_key(using)


class Migration(migrations.Migration):
    dependencies = [("tracking", "0003_public_pages")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
