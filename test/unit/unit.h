/*
 * unit.h: what a plain C test needs: checks that count themselves and speak TAP
 *
 * A test is one .c file: CHECK and CHECK_NEAR as often as it likes, and at the end
 * `return unit_done();`. The plan line comes last, which TAP permits.
 */
#ifndef CRM_UNIT_H
#define CRM_UNIT_H

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static int unit_run;
static int unit_failed;

/* Report one check */
__attribute__((format(printf, 2, 3))) static inline bool
unit_check(bool ok, const char *format, ...)
{
	va_list args;

	printf("%s %d - ", ok ? "ok" : "not ok", ++unit_run);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
	if (!ok)
		unit_failed++;
	return ok;
}

/* |got - want| <= tolerance; NaN never passes */
static inline bool
unit_near(double got, double want, double tolerance, const char *name)
{
	bool ok = fabs(got - want) <= tolerance;

	unit_check(ok, "%s", name);
	if (!ok)
		printf("# got %.17g, want %.17g, off by %.3g, allowed %.3g\n", got, want, got - want,
			   tolerance);
	return ok;
}

static inline double
unit_relative(double got, double want)
{
	return got == want ? 0.0 : fabs(got - want) / fabs(want);
}

static inline void
unit_skip(const char *name, const char *reason)
{
	printf("ok %d - %s # SKIP %s\n", ++unit_run, name, reason);
}

static inline int
unit_done(void)
{
	printf("1..%d\n", unit_run);
	return unit_failed == 0 ? 0 : 1;
}

#define CHECK(condition) unit_check((condition), "%s", #condition)
#define CHECK_NEAR(got, want, tolerance) unit_near((got), (want), (tolerance), #got " = " #want)

#endif
