"""The beat of the scaled size, in a process of its own, up to where it would begin to send."""

import json
import subprocess
import sys

from django.conf import settings

BEGUN = """
import json, logging, sys
from celery.beat import Service
from console.celery import app
app.Beat(quiet=True).init_loader()
service = Service(app, scheduler_cls=app.conf.beat_scheduler)
rows = service.scheduler.schedule.values()
sends = {row.task: row.schedule.seconds for row in rows if row.task.count(".") > 1}
print(json.dumps({
    "sends": sends,
    "loaded": sorted({"django.db.models", "console.models", "escalations.tasks"} & {*sys.modules}),
    "written_by": type(logging.getLogger().handlers[0].formatter).__name__,
}))
"""


def test_it_sends_what_is_scheduled_and_loads_no_app(tmp_path):
    begun = subprocess.run(
        [sys.executable, "-c", BEGUN],
        env={"BATON_DATA": str(tmp_path)},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    schedule = settings.CELERY_BEAT_SCHEDULE.values()
    assert json.loads(begun.stdout) == {
        "sends": {row["task"]: row["schedule"] for row in schedule},
        "loaded": [],
        "written_by": "ProcessorFormatter",
    }
