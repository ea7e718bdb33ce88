/*
 * check.h: assertions. Pure C.
 *
 * Asserted is what only a mistake of ours can break: on entry to a format what the caller owes it,
 * on exit that the bytes are valid, canonical, and read as what was written. Whatever comes from
 * outside is checked and answered instead. The tests are built with CRM_ASSERTS; elsewhere an
 * assertion is nothing. In glue it is PostgreSQL's Assert().
 */
#ifndef CRM_CORE_BASE_CHECK_H
#define CRM_CORE_BASE_CHECK_H

#ifdef CRM_ASSERTS
#undef NDEBUG
#include <assert.h>
#define CRM_ASSERT(condition) assert(condition)
#else
#define CRM_ASSERT(condition) ((void) (0 && (condition)))
#endif

#endif /* CRM_CORE_BASE_CHECK_H */
