/*
 * crm.c: the module itself.
 */
#include "crm.h"

PG_MODULE_MAGIC;
