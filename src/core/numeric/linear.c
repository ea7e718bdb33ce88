/*
 * linear.c: small dense linear algebra.
 */
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "core/numeric/linear.h"

/* Of a pivot, the part that must be left of the diagonal: less is rounding error */
#define LEAST_PIVOT 1e-13

bool
CholeskyFactor(int n, double *m)
{
	for (int j = 0; j < n; j++)
	{
		double *row_j = m + (size_t) n * j;
		double diagonal = row_j[j];
		double d = diagonal;

		for (int k = 0; k < j; k++)
			d -= row_j[k] * row_j[k];
		if (!(d > LEAST_PIVOT * diagonal) || !isfinite(d))
			return false;
		d = sqrt(d);
		row_j[j] = d;
		for (int i = j + 1; i < n; i++)
		{
			double *row_i = m + (size_t) n * i;
			double s = row_i[j];

			for (int k = 0; k < j; k++)
				s -= row_i[k] * row_j[k];
			row_i[j] = s / d;
		}
	}
	return true;
}

void
CholeskySolve(int n, const double *factor, double *v)
{
	for (int i = 0; i < n; i++)
	{
		const double *row = factor + (size_t) n * i;

		for (int k = 0; k < i; k++)
			v[i] -= row[k] * v[k];
		v[i] /= row[i];
	}
	for (int i = n - 1; i >= 0; i--)
	{
		for (int k = i + 1; k < n; k++)
			v[i] -= factor[(size_t) n * k + i] * v[k];
		v[i] /= factor[(size_t) n * i + i];
	}
}

void
CholeskyInverse(int n, const double *factor, double *inverse)
{
	for (int j = 0; j < n; j++)
	{
		double *row = inverse + (size_t) n * j;

		memset(row, 0, (size_t) n * sizeof(double));
		row[j] = 1.0;
		CholeskySolve(n, factor, row);
	}
	for (int i = 0; i < n; i++)
		for (int j = 0; j < i; j++)
			inverse[(size_t) n * i + j] = inverse[(size_t) n * j + i];
}
