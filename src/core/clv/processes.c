/*
 * processes.c: the table of processes. A new one is a file of its own and a row here.
 */
#include <string.h>

#include "core/clv/btyd.h"

const BtydProcess *const BtydProcesses[] = {
	&BtydMbgnbd, /* the default comes first */
	&BtydBgnbd,  &BtydParetonbd, &BtydNbd, NULL,
};

const BtydProcess *
BtydProcessByName(const char *name)
{
	for (int i = 0; BtydProcesses[i]; i++)
		if (strcmp(BtydProcesses[i]->name, name) == 0)
			return BtydProcesses[i];
	return NULL;
}
