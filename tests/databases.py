"""Databases for tests: made from a migrated template, emptied and used again.

Making one takes a hundred milliseconds, emptying one takes one. A test that changed the schema
has its database thrown away.
"""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from deploy.migrate import migrate

_TEMPLATE = "template_switchboard"
_KEEP_SEEDS = """
CREATE SCHEMA seed;
DO $$
DECLARE
  name text;
  filled boolean;
BEGIN
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public'
                 AND tablename <> 'schema_migrations' LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', name) INTO filled;
    IF filled THEN
      EXECUTE format('CREATE TABLE seed.%I AS TABLE public.%I', name, name);
    END IF;
  END LOOP;
END
$$
"""
_EMPTY = """
DO $$
DECLARE
  name text;
BEGIN
  SET LOCAL session_replication_role = replica;  -- no order among foreign keys to keep
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public'
                 AND tablename <> 'schema_migrations' LOOP
    EXECUTE format('DELETE FROM public.%I', name);
  END LOOP;
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'seed' LOOP
    EXECUTE format('INSERT INTO public.%I OVERRIDING SYSTEM VALUE TABLE seed.%I', name, name);
  END LOOP;
END
$$
"""
_SHAPE = """
SELECT md5(string_agg(concat_ws(':', oid, relname, relkind, relnatts), ',' ORDER BY oid))
  FROM pg_class
 WHERE relnamespace = 'public'::regnamespace
"""
_ALONE = """
SELECT count(pg_terminate_backend(pid, 5000))
  FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class Databases:
    """The databases of one run, on one server."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._numbers = itertools.count(1)
        self._empty: list[str] = []
        self._shape = ""

    @asynccontextmanager
    async def one(self) -> AsyncIterator[str]:
        """The DSN of a migrated, empty database that nobody else uses."""
        name = self._empty.pop() if self._empty else await self._make()
        try:
            yield self._dsn(name)
        finally:
            await self._take_back(name)

    async def _make(self) -> str:
        admin = await asyncpg.connect(self._server)
        try:
            if not self._shape:
                await self._make_template(admin)
            name = f"test_{next(self._numbers)}"
            await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE {_TEMPLATE}')
        finally:
            await admin.close()
        return name

    async def _make_template(self, admin: Any) -> None:
        # tests kill processes, never the machine
        await admin.execute("ALTER SYSTEM SET fsync = off")
        await admin.execute("SELECT pg_reload_conf()")
        await admin.execute(f"CREATE DATABASE {_TEMPLATE}")
        template = await asyncpg.connect(self._dsn(_TEMPLATE))
        await migrate(template)
        await template.execute(_KEEP_SEEDS)
        self._shape = await template.fetchval(_SHAPE)
        await template.close()

    async def _take_back(self, name: str) -> None:
        database = await asyncpg.connect(self._dsn(name))
        await database.execute(_ALONE)
        same = await database.fetchval(_SHAPE) == self._shape
        if same:
            await database.execute(_EMPTY)
            self._empty.append(name)
        await database.close()
        if not same:
            admin = await asyncpg.connect(self._server)
            await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
            await admin.close()

    def _dsn(self, name: str) -> str:
        """The server's DSN with another database: `postgresql://postgres:@/NAME?host=...`."""
        before, _, query = self._server.partition("?")
        return f"{before.rsplit('/', 1)[0]}/{name}?{query}"
