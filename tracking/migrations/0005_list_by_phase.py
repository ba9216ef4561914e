"""Narrow lists of cards by stage with a column that seldom changes, so that steps stay HOT updates."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tracking", "0004_offices_and_key"),
    ]

    operations = [
        migrations.AddField(
            model_name="card",
            name="phase",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(
                        stage__in=("RECORDED", "DEDUPLICATING", "HELD", "WAITING_FOR_BLANK"),
                        then=models.Value(1),
                    ),
                    models.When(stage="DELIVERED", then=models.Value(3)),
                    models.When(stage="CANCELLED", then=models.Value(4)),
                    default=models.Value(2),
                ),
                output_field=models.SmallIntegerField(),
            ),
        ),
        migrations.AddIndex(
            model_name="card",
            index=models.Index(
                condition=models.Q(("phase", 3), _negated=True),
                fields=["phase", "id"],
                name="card_not_delivered",
            ),
        ),
    ]
