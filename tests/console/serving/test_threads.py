import asyncio
import threading
from contextvars import ContextVar

import pytest
from django.db import DatabaseError, connection

from console.serving import threads

word = ContextVar("word", default="")


async def test_run_gives_the_answer_of_another_thread():
    assert await threads.run(lambda a, b: a + b, 2, b=3) == 5
    assert await threads.run(threading.get_ident) != threading.get_ident()


async def test_run_raises_what_the_function_raised():
    with pytest.raises(ZeroDivisionError):
        await threads.run(lambda: 1 / 0)


async def test_run_keeps_the_context_of_the_caller():
    word.set("hello")
    assert await threads.run(word.get) == "hello"


async def test_at_most_four_work_at_once():
    at_once, most, lock = 0, 0, threading.Lock()

    def work():
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        threading.Event().wait(0.02)
        with lock:
            at_once -= 1

    await asyncio.gather(*(threads.run(work) for _ in range(12)))
    assert most == 4


def _ask() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 41 + 1")
        return cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
async def test_a_thread_keeps_its_connection():
    pool = threads.Pool("one", size=1)
    assert await pool.run(_ask) == 42
    first = await pool.run(lambda: id(connection.connection))
    assert await pool.run(_ask) == 42
    assert await pool.run(lambda: id(connection.connection)) == first
    pool.close()


@pytest.mark.django_db(transaction=True)
async def test_a_broken_connection_is_replaced():
    if connection.vendor == "sqlite":
        pytest.skip("A file does not hang up.")
    pool = threads.Pool("one", size=1)
    await pool.run(_ask)
    await pool.run(lambda: connection.connection.close())
    assert await pool.run(_ask) == 42
    pool.close()


@pytest.mark.django_db(transaction=True)
async def test_close_closes_every_connection_and_the_pool_works_again():
    pool = threads.Pool("two", size=2)
    seen = {}

    def remember():
        _ask()
        seen[threading.get_ident()] = connection.connection
        threading.Event().wait(0.02)

    await asyncio.gather(pool.run(remember), pool.run(remember))
    pool.close()
    assert len(seen) == 2
    for closed in seen.values():
        with pytest.raises((DatabaseError, Exception), match="closed"):
            closed.execute("SELECT 1")
    assert await pool.run(_ask) == 42
    pool.close()
