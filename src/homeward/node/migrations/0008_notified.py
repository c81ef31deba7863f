from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("node", "0007_erasure"),
    ]

    operations = [
        migrations.CreateModel(
            name="Notified",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "to",
                    models.CharField(help_text="The party or observer told.", max_length=27),
                ),
                (
                    "root",
                    models.CharField(
                        help_text="Root of the notification, as the ledger has it.", max_length=64
                    ),
                ),
                ("ref", models.CharField(help_text="Our reference.", max_length=128)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("to", "root", "ref"), name="notified_once")
                ],
            },
        ),
    ]
