#!/bin/sh
# Runs once, when the database is made. Creates a login for each kind of service beside the owner.
# The roles themselves carry the rights (migrations/0001_organizations.sql gives them); they are made here first so that the logins
# can be members of them. A login takes its role when it connects and has no right without it.
set -eu

: "${POSTGRES_API_PASSWORD:?POSTGRES_API_PASSWORD is not set: the password of the login that api and ingest use}"
: "${POSTGRES_WORKER_PASSWORD:?POSTGRES_WORKER_PASSWORD is not set: the password of the login that aggregator and billing-run use}"

psql --set ON_ERROR_STOP=1 --no-password --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
\getenv api_password POSTGRES_API_PASSWORD
\getenv worker_password POSTGRES_WORKER_PASSWORD
DO $$ BEGIN CREATE ROLE tollbook_api NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE tollbook_worker NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
CREATE ROLE tollbook_api_login LOGIN NOINHERIT PASSWORD :'api_password' IN ROLE tollbook_api;
CREATE ROLE tollbook_worker_login LOGIN NOINHERIT PASSWORD :'worker_password' IN ROLE tollbook_worker;
SQL
