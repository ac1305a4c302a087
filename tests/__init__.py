"""Tests: mirror of the code, on real PostgreSQL, Valkey and Celery."""
