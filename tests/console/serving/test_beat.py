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


LOST = """
from celery.beat import Service
from console.celery import app
from tests.running.receivers import free_port
app.conf.broker_url = f"redis://127.0.0.1:{free_port()}/0"
app.Beat(quiet=True).init_loader()
scheduler = Service(app, scheduler_cls=app.conf.beat_scheduler).scheduler
entries = [*scheduler.schedule.values()][:2]
for entry in entries:
    scheduler.apply_entry(entry)
app.conf.task_always_eager = True
scheduler.apply_async = lambda *given, **how: None
for entry in entries:
    scheduler.apply_entry(entry)
"""


def test_that_redis_is_away_is_one_line_and_that_it_is_back_another(tmp_path):
    begun = subprocess.run(
        [sys.executable, "-c", LOST],
        env={"BATON_DATA": str(tmp_path)},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [json.loads(line) for line in begun.stderr.splitlines()]
    assert [line["event"] for line in lines] == ["tasks_not_sent", "tasks_sent_again"]
    assert "onnection refused" in lines[0]["error"]
