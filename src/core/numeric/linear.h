/*
 * linear.h: small dense linear algebra. Matrices are n * n, row-major.
 */
#ifndef CRM_CORE_NUMERIC_LINEAR_H
#define CRM_CORE_NUMERIC_LINEAR_H

#include <stdbool.h>

/*
 * Replace the lower triangle of a symmetric matrix by its Cholesky factor L, m = L L'. The upper
 * triangle is neither read nor written. False when the matrix is not positive definite to working
 * accuracy.
 */
extern bool CholeskyFactor(int n, double *m);

/* Solve L L' v = v, in place. */
extern void CholeskySolve(int n, const double *factor, double *v);

/* The inverse of L L', symmetric to the last bit. */
extern void CholeskyInverse(int n, const double *factor, double *inverse);

#endif /* CRM_CORE_NUMERIC_LINEAR_H */
