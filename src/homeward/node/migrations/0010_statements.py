import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("node", "0009_cosigned"),
    ]

    operations = [
        migrations.CreateModel(
            name="PublicText",
            fields=[
                (
                    "id",
                    models.CharField(
                        help_text="Random; in addresses.",
                        max_length=32,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "content",
                    models.BinaryField(help_text="Title, text and address as JSON, encrypted."),
                ),
                (
                    "text_mark",
                    models.CharField(
                        help_text="Blind mark of text and day: kept once.",
                        max_length=32,
                        unique=True,
                    ),
                ),
                ("language", models.CharField(help_text="In which it was read.", max_length=2)),
                ("published_on", models.DateField(help_text="Day of publication.")),
                (
                    "exchange",
                    models.CharField(
                        default="",
                        help_text="The exchange it is about: case:… or history:…",
                        max_length=140,
                    ),
                ),
                ("kept_at", models.DateTimeField(help_text="When it was kept, UTC.")),
                ("actor", models.CharField(help_text="Id of the user who kept it.", max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="TextRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(help_text="In the text, from 1.")),
                ("body", models.BinaryField(help_text="What it says, as JSON, encrypted.")),
                (
                    "is_added",
                    models.BooleanField(default=False, help_text="True if a person added it."),
                ),
                (
                    "text",
                    models.ForeignKey(
                        help_text="The text.",
                        on_delete=django.db.models.deletion.PROTECT,
                        to="node.publictext",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TextDecision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "number",
                    models.PositiveIntegerField(help_text="Of the decisions on this row, from 1."),
                ),
                ("word", models.CharField(help_text="One of WORDS.", max_length=9)),
                (
                    "body",
                    models.BinaryField(
                        help_text="What counts instead, as JSON, encrypted.", null=True
                    ),
                ),
                ("at", models.DateTimeField(help_text="When, UTC.")),
                ("actor", models.CharField(help_text="Id of the user who said it.", max_length=64)),
                (
                    "row",
                    models.ForeignKey(
                        help_text="The row.",
                        on_delete=django.db.models.deletion.PROTECT,
                        to="node.textrow",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="textrow",
            constraint=models.UniqueConstraint(fields=("text", "number"), name="text_row"),
        ),
        migrations.AddConstraint(
            model_name="textdecision",
            constraint=models.UniqueConstraint(fields=("row", "number"), name="row_decision"),
        ),
    ]
