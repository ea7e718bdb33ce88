/*
 * special.h: special functions in forms that do not cancel
 */
#ifndef CRM_CORE_NUMERIC_SPECIAL_H
#define CRM_CORE_NUMERIC_SPECIAL_H

/* The 97.5 % point of the normal distribution: 95 % lie between this and its negative */
#define NORMAL_95 1.959963984540054

extern double Log1pExp(double x);               /* log(1 + e^x) */
extern double LogRising(double a, double n);    /* log(G(a + n) / G(a)), a > 0, n >= 0 */
extern double Digamma(double x);                /* x > 0 */
extern double Trigamma(double x);               /* x > 0 */
extern double DigammaRise(double a, double n);  /* Digamma(a + n) - Digamma(a) */
extern double TrigammaRise(double a, double n); /* Trigamma(a + n) - Trigamma(a), <= 0 */

/*
 * Negative binomial with shape r and odds u = z / (1 - z): *pmf = P(N = n), *tail = P(N >= n),
 * for a whole number n >= 0.
 */
extern void NegativeBinomial(double r, double u, double n, double *pmf, double *tail);

/*
 * P(W > e^y) of W = X/Y with X ~ Gamma(a), Y ~ Gamma(b) independent (beta prime), and the logarithm
 * of B(a, b), which it asks for because it costs more than all the rest.
 */
extern double BetaLog(double a, double b);
extern double BetaPrimeTail(double a, double b, double log_beta, double y);

#endif /* CRM_CORE_NUMERIC_SPECIAL_H */
