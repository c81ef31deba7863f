from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("node", "0006_bundles"),
    ]

    operations = [
        migrations.CreateModel(
            name="CaseSecret",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "case",
                    models.CharField(help_text="Of the lines.", max_length=128, unique=True),
                ),
                ("secret", models.BinaryField(help_text="32 bytes, encrypted at rest.")),
            ],
        ),
        migrations.AddField(
            model_name="blob",
            name="erased",
            field=models.BooleanField(default=False, help_text="True once only hashes are left."),
        ),
    ]
