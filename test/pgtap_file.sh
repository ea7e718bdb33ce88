#!/usr/bin/env bash
# pgtap_file.sh FILE: run one pgTAP file in a fresh database. prove reads what it prints.
set -u
# A statement that hangs fails instead of the suite hanging.
export PGOPTIONS='-c statement_timeout=2min'
db=crm_t_$$
createdb -T crm_template "$db" || exit 1
psql -XqAt -v ON_ERROR_STOP=1 -v VERBOSITY=default -P pager=off -v crm_data="$CRM_DATA" -d "$db" -f "$1" 2>&1
status=$?
dropdb "$db"
exit $status
