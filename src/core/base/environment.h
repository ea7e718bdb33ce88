/*
 * environment.h: what a long computation needs from its surroundings: memory, and the wish to stop.
 *
 * The core knows neither palloc nor interrupts. Its callers hand it these functions; a test hands
 * it malloc.
 */
#ifndef CRM_CORE_BASE_ENVIRONMENT_H
#define CRM_CORE_BASE_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>

typedef struct Environment
{
	bool (*check)(void *arg); /* asked often; true means stop now; must not jump */
	void *(*alloc)(void *arg,
				   size_t size);         /* may jump, or return NULL: nothing is lost either way */
	void (*release)(void *arg, void *p); /* may be NULL: memory is released elsewhere */
	void *arg;
} Environment;

#endif /* CRM_CORE_BASE_ENVIRONMENT_H */
