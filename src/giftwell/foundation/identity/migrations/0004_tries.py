"""How often somebody has tried to sign in, by account and by minute."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identity", "0003_passwords")]

    operations = [
        migrations.CreateModel(
            name="Tries",
            fields=[
                ("key", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("failures", models.PositiveIntegerField()),
                ("last_at", models.DateTimeField()),
                ("open_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="TriesMinute",
            fields=[
                ("minute", models.DateTimeField(primary_key=True, serialize=False)),
                ("failures", models.IntegerField()),
            ],
        ),
    ]
