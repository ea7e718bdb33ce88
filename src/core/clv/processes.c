/*
 * processes.c: the table of processes. A new one is a file of its own and a row here.
 */
#include <string.h>

#include "core/clv/btyd.h"

const BtydProcess *const btyd_processes[] = {
	&btyd_mbgnbd, /* the default comes first */
	&btyd_bgnbd,
	&btyd_paretonbd,
	NULL,
};

const BtydProcess *
btyd_process_by_name(const char *name)
{
	for (int i = 0; btyd_processes[i]; i++)
		if (strcmp(btyd_processes[i]->name, name) == 0)
			return btyd_processes[i];
	return NULL;
}
