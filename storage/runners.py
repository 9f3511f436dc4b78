"""How units of work are carried out: one writer thread with group commit, or a small pool of threads."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any, TypeVar

from sqlalchemy import Engine
from sqlmodel import Session

from storage.engine import POOL_SIZE

MOST_TOGETHER = 64  # units in one commit

T = TypeVar("T")
Job = tuple[Callable[[Session], Any], Future[Any]]


class Writer:
    """One thread that owns the writing; units that wait together are committed together, a savepoint each."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._lock = Lock()
        self._is_open = True
        self._thread = Thread(target=self._work, name="writer", daemon=True)
        self._thread.start()

    def submit(self, unit: Callable[[Session], T]) -> Future[T]:
        """Queue one unit; its future ends after the commit that holds it."""
        future: Future[T] = Future()
        with self._lock:
            if not self._is_open:
                raise RuntimeError("the database is closed")
            self._jobs.put((unit, future))
        return future

    def close(self) -> None:
        """Finish what was queued, then end the thread."""
        with self._lock:
            self._is_open = False
            self._jobs.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (first := self._jobs.get()) is not None:
            batch, is_last = self._gather(first)
            _commit(self._engine, batch)
            if is_last:
                return

    def _gather(self, first: Job) -> tuple[list[Job], bool]:
        batch = [first]
        while len(batch) < MOST_TOGETHER:
            try:
                job = self._jobs.get_nowait()
            except Empty:
                return batch, False
            if job is None:
                return batch, True
            batch.append(job)
        return batch, False


class Pool:
    """A few threads, one transaction a unit: for a database that takes writers side by side."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(POOL_SIZE, thread_name_prefix="writer")

    def submit(self, unit: Callable[[Session], T]) -> Future[T]:
        """Queue one unit; its future ends after its commit."""
        return self._threads.submit(_commit_alone, self._engine, unit)

    def close(self) -> None:
        """Finish what was queued, then end the threads."""
        self._threads.shutdown()


def _commit(engine: Engine, batch: list[Job]) -> None:
    """Carry out a batch in one transaction, then tell every waiting future how its unit ended."""
    taken = [(unit, future) for unit, future in batch if future.set_running_or_notify_cancel()]
    try:
        if len(taken) == 1:
            result = _commit_alone(engine, taken[0][0])
            endings: list[Callable[[], None]] = [partial(taken[0][1].set_result, result)]
        else:
            endings = _commit_together(engine, taken)
    except BaseException as error:
        endings = [partial(future.set_exception, error) for _, future in taken]
    for end in endings:
        end()


def _commit_alone(engine: Engine, unit: Callable[[Session], T]) -> T:
    with Session(engine) as session, session.begin():
        return unit(session)


def _commit_together(engine: Engine, taken: list[Job]) -> list[Callable[[], None]]:
    with Session(engine) as session, session.begin():
        session.connection()  # begin now: if the database cannot be had, nobody waits for it in turn
        return [_attempt(session, unit, future) for unit, future in taken]


def _attempt(session: Session, unit: Callable[[Session], Any], future: Future[Any]) -> Callable[[], None]:
    """Carry out one unit inside a savepoint; what is returned tells its future, once the whole batch is committed."""
    savepoint = session.begin_nested()
    try:
        result = unit(session)
        savepoint.commit()
    except BaseException as error:
        savepoint.rollback()
        return partial(future.set_exception, error)
    return partial(future.set_result, result)
