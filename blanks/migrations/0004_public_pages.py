"""How far each queue has been printed: the function that says it, and the indexes that keep it cheap."""

from pathlib import Path

from django.db import migrations, models

ROOM = Path(__file__).parent.parent


class Migration(migrations.Migration):

    dependencies = [
        ('blanks', '0003_received_by'),
        ('tracking', '0007_forecast'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='movement',
            index=models.Index(condition=models.Q(('last_number__isnull', False)), fields=['from_account', 'letter', 'last_number'], name='movement_reached'),
        ),
        migrations.AddIndex(
            model_name='printbatch',
            index=models.Index(fields=['kecamatan', 'id'], name='batch_of_kecamatan'),
        ),
        migrations.AddIndex(
            model_name='priority',
            index=models.Index(fields=['at'], name='priority_at'),
        ),
        migrations.RunSQL((ROOM / 'sql' / 'public.sql').read_text(), migrations.RunSQL.noop),
    ]
