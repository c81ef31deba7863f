from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("node", "0008_notified"),
    ]

    operations = [
        migrations.AddField(
            model_name="peer",
            name="cosigned",
            field=models.TextField(
                default="", help_text="JSON: witness -> size of its word it has."
            ),
        ),
    ]
