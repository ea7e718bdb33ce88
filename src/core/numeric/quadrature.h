/*
 * quadrature.h: rules of numerical integration
 */
#ifndef CRM_CORE_NUMERIC_QUADRATURE_H
#define CRM_CORE_NUMERIC_QUADRATURE_H

/* Integral of a positive smooth f over [lo, hi], relative error about 1e-14 */
extern double Integrate(double (*f)(double x, const void *arg), const void *arg, double lo,
						double hi);

/* Nodes and weights of the Gauss-Legendre rule of 20 points: the positive half, on [-1, 1] */
#define GAUSS_HALF 10
extern const double GaussNode[GAUSS_HALF];
extern const double GaussWeight[GAUSS_HALF];

#endif /* CRM_CORE_NUMERIC_QUADRATURE_H */
