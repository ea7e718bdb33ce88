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
#include <stdint.h>

typedef struct Environment
{
	bool (*check)(void *arg); /* asked often; true means stop now; must not jump; may be NULL */
	void *(*alloc)(void *arg,
				   size_t size);         /* may jump, or return NULL: nothing is lost either way */
	void (*release)(void *arg, void *p); /* may be NULL: memory is released elsewhere */
	void *arg;
} Environment;

static inline bool
EnvironmentMustStop(const Environment *env)
{
	return env->check != NULL && env->check(env->arg);
}

/* Memory for `count` things of a size; NULL if there is none, or if no number holds its size. */
static inline void *
EnvironmentAllocate(const Environment *env, size_t count, size_t size)
{
	if (count > SIZE_MAX / 2 / size)
		return NULL;
	return env->alloc(env->arg, count * size);
}

static inline void
EnvironmentRelease(const Environment *env, void *p)
{
	if (p != NULL && env->release != NULL)
		env->release(env->arg, p);
}

#endif /* CRM_CORE_BASE_ENVIRONMENT_H */
