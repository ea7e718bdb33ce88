/*
 * special.h: special functions in forms that do not cancel
 */
#ifndef CRM_CORE_NUMERIC_SPECIAL_H
#define CRM_CORE_NUMERIC_SPECIAL_H

extern double log1pexp(double x);                /* log(1 + e^x) */
extern double log_rising(double a, double n);    /* log(G(a + n) / G(a)), a > 0, n >= 0 */
extern double digamma(double x);                 /* x > 0 */
extern double trigamma(double x);                /* x > 0 */
extern double digamma_rise(double a, double n);  /* digamma(a + n) - digamma(a) */
extern double trigamma_rise(double a, double n); /* trigamma(a + n) - trigamma(a), <= 0 */

/*
 * Negative binomial with shape r and odds u = z / (1 - z): *pmf = P(N = n), *tail = P(N >= n),
 * for a whole number n >= 0.
 */
extern void negative_binomial(double r, double u, double n, double *pmf, double *tail);

#endif /* CRM_CORE_NUMERIC_SPECIAL_H */
