/*
 * root.h: where a function of one number is zero
 */
#ifndef CRM_CORE_NUMERIC_ROOT_H
#define CRM_CORE_NUMERIC_ROOT_H

/*
 * A root of f between two points where it has opposite signs, f(low) = f_low and f(high) = f_high,
 * to within the tolerance.
 */
extern double RootBetween(double (*f)(double x, const void *arg), const void *arg, double low,
						  double f_low, double high, double f_high, double tolerance);

#endif /* CRM_CORE_NUMERIC_ROOT_H */
