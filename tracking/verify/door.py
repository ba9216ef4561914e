"""What the door consists of, as the code says it: triggers, their functions, and the functions these call."""

import json
import re
from pathlib import Path

from django.apps import apps

_FUNCTION = re.compile(r"CREATE OR REPLACE FUNCTION (\w+)\(.*?AS \$\$(.*?)\$\$", re.DOTALL)


def parts() -> dict[str, str]:
    """`triggers` by table, and `functions` with their bodies, white space aside; each as JSON."""
    triggers, functions = [], []
    for model in apps.get_models():
        for trigger in getattr(model._meta, "triggers", ()):
            name = trigger.get_pgid(model)
            triggers.append({"name": model._meta.db_table, "trigger": name})
            functions += _FUNCTION.findall(trigger.compile(model).install_sql)
    for app in apps.get_app_configs():
        for file in sorted(Path(app.path).glob("sql/*.sql")):
            functions += _FUNCTION.findall(file.read_text())
    bodies = [{"name": name, "body": " ".join(body.split())} for name, body in functions]
    return {"triggers": json.dumps(triggers), "functions": json.dumps(bodies)}
