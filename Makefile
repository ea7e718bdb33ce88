# crm builds with PGXS: make && make install && make installcheck.
# ./dev wraps this for people without a development set-up.

EXTENSION = crm
EXTVERSION = 0.1.0
MODULE_big = crm

# A folder a room; src/core is pure C and knows nothing of PostgreSQL.
SOURCES = $(wildcard src/*.c src/*/*.c src/core/*/*.c)
OBJS = $(SOURCES:.c=.o)

# The install script: the schema, then a folder a room, in the order the rooms build on each other.
SQL_ROOMS = history segment tier clv mart
SQL_FILES = sql/schema.sql $(foreach room,$(SQL_ROOMS),$(sort $(wildcard sql/$(room)/*.sql)))
DATA_built = crm--$(EXTVERSION).sql
DATA = $(wildcard sql/upgrade/crm--*--*.sql)

PG_CPPFLAGS = -Isrc
PG_CFLAGS = -std=gnu11 -O2 -Wall -Wextra -Wshadow -Wno-unused-parameter $(EXTRA_CFLAGS)
SHLIB_LINK = -lnlopt -lm

# Assertions, as ./dev test has them: CRM_ASSERTS=1 in the environment. The server need not be built with any.
ifneq ($(CRM_ASSERTS),)
PG_CPPFLAGS += -DCRM_ASSERTS -DUSE_ASSERT_CHECKING=1
endif
EXTRA_CLEAN = crm--$(EXTVERSION).sql build/regress

# pg_regress 15 wants sql/ and expected/ under one folder: test/expected is a link.
REGRESS = $(sort $(notdir $(basename $(wildcard test/sql/*.sql))))
REGRESS_OPTS = --encoding=UTF8 --inputdir=test --outputdir=build/regress --load-extension=crm

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

# Only glue has what the server calls. What the core has is nobody else's: no other library's symbol of the same
# name can take its place, and calls within the library are direct.
$(filter src/core/%,$(OBJS)): CFLAGS += -fvisibility=hidden

# Every room may include every header: a header change rebuilds all, which takes seconds.
$(OBJS): $(wildcard src/*.h src/*/*.h src/core/*/*.h)

crm--$(EXTVERSION).sql: $(SQL_FILES) Makefile
	@{ printf '%s\n' '\echo Use "CREATE EXTENSION crm" to load this file. \quit'; \
	   for file in $(SQL_FILES); do echo; cat $$file || exit 1; done; } > $@.tmp && mv $@.tmp $@

installcheck: build/regress
# A statement that hangs fails instead of the suite hanging.
installcheck: export PGOPTIONS := $(PGOPTIONS) -c statement_timeout=2min
build/regress:
	mkdir -p $@
