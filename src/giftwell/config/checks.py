"""What `make check` asks of Django without a database: migrations match models, templates compile."""

import os
import sys

import django


def main() -> int:
    """Run the checks; gives back the exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "giftwell.config.settings")
    django.setup()
    from django.core.management import call_command
    from django.core.management.base import SystemCheckError

    try:
        call_command("check", fail_level="WARNING")
    except SystemCheckError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return max(_models_match_migrations(), _templates_compile())


def _models_match_migrations() -> int:
    from django.apps import apps
    from django.db.migrations.autodetector import MigrationAutodetector
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.state import ProjectState

    state = MigrationLoader(None).project_state()
    changes = MigrationAutodetector(state, ProjectState.from_apps(apps)).changes(MigrationLoader(None).graph)
    ours = {
        label: found
        for label, found in changes.items()
        if apps.get_app_config(label).name.startswith("giftwell")
    }
    for label, migrations in ours.items():
        for migration in migrations:
            for operation in migration.operations:
                sys.stderr.write(f"{label}: no migration says: {operation.describe()}\n")
    return 1 if ours else 0


def _templates_compile() -> int:
    from django.template import TemplateSyntaxError
    from django.template.loader import get_template

    from giftwell.config.migrate import SOURCE

    failed = 0
    for path in sorted(SOURCE.rglob("templates/**/*.html")):
        name = str(path).rpartition("/templates/")[2]
        try:
            get_template(name)
        except TemplateSyntaxError as error:
            sys.stderr.write(f"{name}: {error}\n")
            failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main())
