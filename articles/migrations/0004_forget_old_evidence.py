from django.db import migrations


def forget_old_evidence(apps, schema_editor):
    """Clear what 0003 left of the evidence of its old form, a list of names: in a person's rows and in proposals."""
    for row in apps.get_model("articles", "ArticleRegion").objects.filter(source="manual").exclude(evidence=[]):
        if _is_old(row.evidence):
            row.evidence = []
            row.save(update_fields=["evidence"])
    for proposal in apps.get_model("articles", "Proposal").objects.filter(field="regions").iterator():
        if any(_is_old(evidence) for *_, evidence in proposal.value):
            proposal.value = [[*row, [] if _is_old(evidence) else evidence] for *row, evidence in proposal.value]
            proposal.save(update_fields=["value"])


def _is_old(evidence):
    return any(isinstance(each, str) for each in evidence)


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0003_columns'),
    ]

    operations = [
        migrations.RunPython(forget_old_evidence, migrations.RunPython.noop),
    ]
