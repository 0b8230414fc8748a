"""The city's tables in PostgreSQL. A newer program only adds: columns that an older one need not name (city.md)."""

from typing import LiteralString

LEDGER: LiteralString = """
CREATE TABLE IF NOT EXISTS city_nights (
    night text PRIMARY KEY, base text NOT NULL, begun_at timestamptz NOT NULL, opened_at timestamptz);
CREATE TABLE IF NOT EXISTS city_districts (
    night text NOT NULL REFERENCES city_nights, district text NOT NULL, state text NOT NULL DEFAULT 'planning',
    worker text NOT NULL DEFAULT '', said text NOT NULL DEFAULT '', ended_at timestamptz,
    PRIMARY KEY (night, district));
CREATE TABLE IF NOT EXISTS city_plans (
    night text NOT NULL, district text NOT NULL, portal text NOT NULL, hosts text[] NOT NULL, plan text NOT NULL,
    host text, PRIMARY KEY (night, district, portal));
CREATE INDEX IF NOT EXISTS city_plans_of_host ON city_plans (night, host);
CREATE TABLE IF NOT EXISTS city_visits (
    night text NOT NULL REFERENCES city_nights, host text NOT NULL, state text NOT NULL DEFAULT 'planned',
    attempt integer NOT NULL DEFAULT 0, worker text NOT NULL DEFAULT '', said text NOT NULL DEFAULT '',
    begun_at timestamptz, ended_at timestamptz, PRIMARY KEY (night, host));
CREATE INDEX IF NOT EXISTS city_visits_of_host ON city_visits (host, night);
CREATE TABLE IF NOT EXISTS city_looks (
    night text NOT NULL, district text NOT NULL, look text NOT NULL, host text NOT NULL, attempt integer NOT NULL,
    data text NOT NULL, PRIMARY KEY (district, look));
ALTER TABLE city_districts ADD COLUMN IF NOT EXISTS told boolean NOT NULL DEFAULT false;
CREATE TABLE IF NOT EXISTS city_chores (
    chore text NOT NULL, district text NOT NULL, given_at timestamptz NOT NULL, PRIMARY KEY (chore, district));
CREATE TABLE IF NOT EXISTS city_workers (
    name text PRIMARY KEY, version text NOT NULL, begun_at timestamptz NOT NULL,
    draining boolean NOT NULL DEFAULT false);
ALTER TABLE city_plans ADD COLUMN IF NOT EXISTS format integer NOT NULL DEFAULT 1;
ALTER TABLE city_looks ADD COLUMN IF NOT EXISTS format integer NOT NULL DEFAULT 1;
ALTER TABLE city_plans ADD COLUMN IF NOT EXISTS servers text[] NOT NULL DEFAULT '{}';
"""

ROLL_UP: LiteralString = """
CREATE TABLE IF NOT EXISTS city_states (
    district text PRIMARY KEY, night text NOT NULL, data text NOT NULL);
CREATE TABLE IF NOT EXISTS city_results (
    district text NOT NULL, period text NOT NULL, sha256 text NOT NULL, data text NOT NULL,
    PRIMARY KEY (district, period));
"""
