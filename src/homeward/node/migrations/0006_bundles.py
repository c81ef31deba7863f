from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("node", "0005_off_list"),
    ]

    operations = [
        migrations.AddField(
            model_name="peer",
            name="got_gaps",
            field=models.TextField(
                default="[]", help_text="JSON: first and last number of each gap below it."
            ),
        ),
        migrations.AddField(
            model_name="peer",
            name="got_number",
            field=models.PositiveBigIntegerField(
                default=0, help_text="Highest number of its bundles that came."
            ),
        ),
        migrations.AddField(
            model_name="peer",
            name="sealed_from",
            field=models.CharField(
                default="", help_text="SHA-256 of what was last sealed to it.", max_length=64
            ),
        ),
        migrations.AddField(
            model_name="peer",
            name="sealed_sha256",
            field=models.CharField(
                default="", help_text="Of the sealed file in outbox/.", max_length=64
            ),
        ),
        migrations.AddField(
            model_name="peer",
            name="sent_number",
            field=models.PositiveBigIntegerField(
                default=0, help_text="Number of the last bundle written for it."
            ),
        ),
        migrations.AddField(
            model_name="peer",
            name="sent_sha256",
            field=models.CharField(
                default="", help_text="Of what that bundle said.", max_length=64
            ),
        ),
    ]
