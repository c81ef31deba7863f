from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("node", "0004_witnesses"),
    ]

    operations = [
        migrations.CreateModel(
            name="OffList",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("held", "held"), ("wanted", "wanted")],
                        help_text="Held or wanted list.",
                        max_length=6,
                    ),
                ),
                ("ref", models.CharField(help_text="Our reference.", max_length=128)),
                (
                    "reason",
                    models.CharField(
                        help_text="Why, of the closed list of the ledger.", max_length=40
                    ),
                ),
                ("at", models.DateTimeField(help_text="Since when, UTC.")),
                (
                    "actor",
                    models.CharField(help_text="Id of the user who took them off.", max_length=64),
                ),
                (
                    "put_back_at",
                    models.DateTimeField(help_text="Until when, UTC; null: now.", null=True),
                ),
                (
                    "put_back_by",
                    models.CharField(
                        default="",
                        help_text="Id of the user who put them back.",
                        max_length=64,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("put_back_at", None)),
                        fields=("kind", "ref"),
                        name="off_list_person",
                    )
                ],
            },
        ),
    ]
