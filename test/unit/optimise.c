/*
 * optimise.c: the optimiser on concave functions whose maximum is known, of 3, 20 and 200
 * parameters: inside, on bounds, flat, stopped, and without memory
 */
#include <string.h>

#include "core/numeric/linear.h"
#include "core/numeric/optimise.h"
#include "core/numeric/random.h"
#include "unit.h"

#define MOST 200

/*
 * sum_i c_i (p_i - m_i - e^(p_i - m_i)) - k/2 (sum_i w_i (p_i - m_i))^2
 *
 * is concave, strictly unless a c_i is zero, and has its maximum at m; k couples the parameters.
 */
typedef struct Function
{
	int n;
	double m[MOST];
	double c[MOST];
	double w[MOST];
	double k;
	int calls;
	int stop_at; /* 0: never */
} Function;

static double
Value(void *arg, const double *p, double *grad, double *hess, bool *stop)
{
	Function *f = arg;
	int n = f->n;
	double value = 0, along = 0;

	if (++f->calls == f->stop_at)
	{
		*stop = true;
		return -INFINITY;
	}
	for (int i = 0; i < n; i++)
	{
		double d = p[i] - f->m[i];

		value += f->c[i] * (d - exp(d));
		along += f->w[i] * d;
	}
	for (int i = 0; i < n; i++)
	{
		double e = exp(p[i] - f->m[i]);

		if (grad)
			grad[i] = f->c[i] * (1 - e) - f->k * along * f->w[i];
		for (int j = 0; hess && j < n; j++)
			hess[n * i + j] = -f->k * f->w[i] * f->w[j] - (i == j ? f->c[i] * e : 0);
	}
	return value - 0.5 * f->k * along * along;
}

static void
Make(Function *f, int n, double k)
{
	RandomState random;

	RandomSeed(&random, 1, (uint64_t) n);
	*f = (Function){.n = n, .k = k};
	for (int i = 0; i < n; i++)
	{
		f->m[i] = 4 * RandomUniform(&random) - 2;
		f->c[i] = 1 + 20 * RandomUniform(&random);
		f->w[i] = RandomNormal(&random) / sqrt(n);
	}
	f->m[0] = 0.1; /* one maximum at least is within the bounds of TestBounds */
}

/* Memory that is counted, and can be out */
static int blocks;
static bool no_memory;

static void *
Allocate(void *arg, size_t size)
{
	void *p = no_memory ? NULL : malloc(size);

	blocks += p != NULL;
	/* whatever was there before */
	return p ? memset(p, 0xa5, size) : NULL;
}

static void
Release(void *arg, void *p)
{
	free(p);
	blocks--;
}

static const Environment env = {NULL, Allocate, Release, NULL};

static void
Begin(Optimiser *opt, Function *f, double low, double high)
{
	if (!OptBegin(opt, f->n, Value, f, &env))
		exit(1);
	for (int i = 0; i < f->n; i++)
	{
		opt->lower[i] = low;
		opt->upper[i] = high;
	}
}

static double starts[3 * MOST];

static void
TestInner(int n, double k)
{
	static double covariance[MOST * MOST], hess[MOST * MOST], grad[MOST];
	bool open[MOST];
	double off = 0, wrong = 0;
	bool symmetric = true;
	Function f;
	Optimiser opt;
	OptVerdict verdict;
	bool stop = false;

	Make(&f, n, k);
	Begin(&opt, &f, -10, 10);
	OptSearch(&opt, starts, 3);
	for (int i = 0; i < n; i++)
		off = fmax(off, fabs(opt.result.top.p[i] - f.m[i]));
	unit_check(opt.result.status == OPT_CONVERGED && off < 1e-6,
			   "%d parameters, coupled by %g: the maximum, off by %.2g after %d steps", n, k, off,
			   opt.iterations);
	verdict = OptJudge(&opt, covariance, open);
	unit_check(verdict == OPT_FOUND, "%d parameters, coupled by %g: found", n, k);

	/* the covariance times the negative Hessian is one */
	Value(&f, opt.result.top.p, grad, hess, &stop);
	for (int i = 0; i < n; i++)
		for (int j = 0; j < n; j++)
		{
			double sum = 0;

			for (int l = 0; l < n; l++)
				sum -= covariance[n * i + l] * hess[n * l + j];
			wrong = fmax(wrong, fabs(sum - (i == j)));
			symmetric &= covariance[n * i + j] == covariance[n * j + i];
		}
	unit_check(wrong < 1e-9 && symmetric, "%d parameters: the covariance, off by %.2g", n, wrong);
	for (int i = 0; i < n; i++)
		symmetric &= !open[i];
	CHECK(symmetric);
	OptEnd(&opt);
}

/*
 * Some maxima lie beyond the bounds. A point within bounds is the maximum of a concave function if
 * the gradient is zero where the parameter is free, and points out where it is on a bound (Karush,
 * Kuhn and Tucker).
 */
static void
TestBounds(int n, double k)
{
	static double covariance[MOST * MOST], grad[MOST], hess[MOST * MOST];
	bool open[MOST];
	int on_bound = 0;
	double off = 0;
	bool right = true, stop = false;
	Function f;
	Optimiser opt;

	Make(&f, n, k);
	Begin(&opt, &f, -0.5, 0.75);
	OptSearch(&opt, starts, 3);
	Value(&f, opt.result.top.p, grad, hess, &stop);
	for (int i = 0; i < n; i++)
	{
		double p = opt.result.top.p[i];
		bool low = p<-0.5 + 1e-8, high = p> 0.75 - 1e-8;

		right &= p >= -0.5 && p <= 0.75 && opt.result.at_bound[i] == (low || high);
		if (low || high)
		{
			on_bound++;
			right &= low ? grad[i] <= 0 : grad[i] >= 0;
		}
		else
			off = fmax(off, fabs(grad[i]));
		if (k == 0)
			right &= fabs(p - fmin(0.75, fmax(-0.5, f.m[i]))) < 1e-6;
	}
	unit_check(opt.result.status == OPT_CONVERGED && right && off < 1e-4 && on_bound > 0 &&
				   on_bound < n,
			   "%d parameters, coupled by %g: %d on bounds, slope of the others %.2g", n, k,
			   on_bound, off);
	unit_check(OptJudge(&opt, covariance, open) == OPT_OPEN,
			   "%d parameters: a maximum on bounds is open", n);
	for (int i = 0; i < n; i++)
		right &= open[i] == opt.result.at_bound[i];
	CHECK(right);

	/* the covariance of the others is the inverse of their part of the Hessian */
	for (int i = 0; i < n; i++)
		for (int j = 0; j < n; j++)
		{
			double product = 0;

			if (open[i] || open[j])
			{
				right &= isnan(covariance[n * i + j]);
				continue;
			}
			for (int l = 0; l < n; l++)
				product -= open[l] ? 0 : opt.result.top.hess[n * i + l] * covariance[n * l + j];
			right &= fabs(product - (i == j)) < 1e-8;
		}
	CHECK(right);
	OptEnd(&opt);
}

/* The last parameter has no effect, or two of them only together: the top is reached, and is flat
 */
static void
TestFlat(int n, bool together)
{
	static double covariance[MOST * MOST];
	bool open[MOST];
	double off = 0;
	Function f;
	Optimiser opt;

	Make(&f, n, together ? 5 : 0);
	f.c[n - 1] = 0;
	if (together)
	{
		f.c[n - 2] = 0;
		memset(f.w, 0, sizeof(f.w));
		f.w[n - 1] = f.w[n - 2] = 1;
	}
	Begin(&opt, &f, -10, 10);
	OptSearch(&opt, starts, 3);
	for (int i = 0; i < n - 1 - together; i++)
		off = fmax(off, fabs(opt.result.top.p[i] - f.m[i]));
	if (together)
		off = fmax(
			off, fabs(opt.result.top.p[n - 1] - f.m[n - 1] + opt.result.top.p[n - 2] - f.m[n - 2]));
	unit_check(opt.result.status == OPT_CONVERGED && off < 1e-5,
			   "%d parameters, %s: the top, off by %.2g", n,
			   together ? "two only by their sum" : "one without effect", off);
	unit_check(OptJudge(&opt, covariance, open) == OPT_OPEN && open[n - 1] &&
				   open[n - 2] == together && isnan(covariance[n * n - 1]),
			   "%d parameters: flat is open", n);
	CHECK(n < 3 || (!open[0] && covariance[0] > 0));
	OptEnd(&opt);
}

/* Whatever call says stop, it is the last one */
static void
TestStop(int n)
{
	static double covariance[MOST * MOST];
	bool open[MOST];
	int all, stopped = 0, tried = 0;
	Function f;
	Optimiser opt;

	Make(&f, n, 2);
	Begin(&opt, &f, -10, 10);
	OptSearch(&opt, starts, 3);
	all = f.calls;
	OptEnd(&opt);
	for (int k = 1; k <= all; k += 1 + all / 40)
	{
		f.calls = 0;
		f.stop_at = k;
		Begin(&opt, &f, -10, 10);
		OptSearch(&opt, starts, 3);
		tried++;
		stopped += f.calls == k && opt.result.status == OPT_STOPPED &&
				   OptJudge(&opt, covariance, open) == OPT_INTERRUPTED && !open[0];
		OptEnd(&opt);
	}
	unit_check(tried > 10 && stopped == tried, "%d parameters: %d of %d searches stopped at once",
			   n, stopped, tried);
}

static void
TestLinear(void)
{
	/* Cholesky (1924): the factor of this matrix is 2, 6 1, -8 5 3 */
	double m[] = {4, 12, -16, 12, 37, -43, -16, -43, 98};
	double v[] = {4, 12, -16};
	double inverse[9];
	double upwards[] = {1, 2, 2, 1};
	double flat[] = {1, 1, 1, 1};
	double lost[] = {1, NAN, NAN, 1};

	CHECK(CholeskyFactor(3, m));
	CHECK(m[0] == 2 && m[3] == 6 && m[4] == 1 && m[6] == -8 && m[7] == 5 && m[8] == 3);
	CHECK(m[1] == 12 && m[2] == -16 && m[5] == -43);
	CholeskySolve(3, m, v);
	CHECK_NEAR(v[0], 1, 1e-13);
	CHECK_NEAR(v[1], 0, 1e-13);
	CHECK_NEAR(v[2], 0, 1e-13);
	CholeskyInverse(3, m, inverse);
	CHECK_NEAR(inverse[0], 1777.0 / 36, 1e-11);
	CHECK_NEAR(inverse[1], -122.0 / 9, 1e-11);
	CHECK_NEAR(inverse[8], 1.0 / 9, 1e-13);
	CHECK(!CholeskyFactor(2, upwards));
	CHECK(!CholeskyFactor(2, flat));
	CHECK(!CholeskyFactor(2, lost));
}

/*
 * Points around a maximum: each as much lower as it may be, or on a bound; for a function that is
 * nearly a parabola, the interval that they give to a line is that of the delta method.
 */
static void
TestProfile(double k, double steep, double quadratic)
{
	enum
	{
		N = 4
	};
	double covariance[N * N], points[2 * N * N];
	bool open[N];
	double off = 0, delta = 0, below = 0, above = 0, at = 0, top;
	bool stop = false;
	Function f;
	Optimiser opt;

	Make(&f, N, k * steep);
	for (int i = 0; i < N; i++)
		f.c[i] *= steep;
	Begin(&opt, &f, -10, 10);
	OptSearch(&opt, starts, 3);
	CHECK(OptJudge(&opt, covariance, open) == OPT_FOUND);
	top = opt.result.top.value;
	f.calls = 0;
	CHECK(OptProfile(&opt, Value, &f, quadratic, points));
	unit_check(f.calls < 160 && (quadratic == 0 || f.calls < 4), "a profile takes %d looks",
			   f.calls);
	for (int i = 0; i < 2 * N; i++)
		off = fmax(off, fabs(top - Value(&f, points + N * i, NULL, NULL, &stop) - 1.9207294));
	unit_check(off < (quadratic > 0 ? 0.2 : 0.06), "points are 1.92 lower, but for %.3g", off);
	for (int i = 0; i < N; i++)
	{
		at += f.w[i] * opt.result.top.p[i];
		for (int j = 0; j < N; j++)
			delta += f.w[i] * f.w[j] * covariance[N * i + j];
	}
	for (int pair = 0; pair < N; pair++)
	{
		double one = -at, other = -at;

		for (int i = 0; i < N; i++)
		{
			one += f.w[i] * points[N * 2 * pair + i];
			other += f.w[i] * points[N * (2 * pair + 1) + i];
		}
		below += fmin(one, other) * fmin(one, other);
		above += fmax(one, other) * fmax(one, other);
	}
	delta = 1.959964 * sqrt(delta);
	unit_check(fabs(sqrt(above) / delta - 1) < 3 / sqrt(steep) &&
				   fabs(sqrt(below) / delta - 1) < 3 / sqrt(steep),
			   "steep %g: %.6g below, %.6g above, %.6g by the delta method", steep, sqrt(below),
			   sqrt(above), delta);
	OptEnd(&opt);

	/* on bounds: one side is the maximum itself, the other inside and 1.92 lower at its best */
	Begin(&opt, &f, -10, 10);
	opt.upper[2] = f.m[2] - 1;
	OptSearch(&opt, starts, 3);
	CHECK(OptJudge(&opt, covariance, open) == OPT_OPEN && open[2]);
	CHECK(OptProfile(&opt, Value, &f, 0, points));
	CHECK(points[N * 7 + 2] == opt.upper[2] && points[N * 6 + 2] < opt.upper[2]);
	at = opt.result.top.value;
	opt.upper[2] = points[N * 6 + 2];
	OptSearch(&opt, starts, 3);
	CHECK_NEAR(Value(&f, points + N * 7, NULL, NULL, &stop) - opt.result.top.value, 1.92, 0.06);
	OptEnd(&opt);

	/* a parameter without effect ends on the bounds */
	f.c[3] = f.w[3] = 0;
	Begin(&opt, &f, -10, 10);
	OptSearch(&opt, starts, 3);
	OptJudge(&opt, covariance, open);
	CHECK(OptProfile(&opt, Value, &f, 0, points));
	below = 0;
	for (int i = 0; i < 2 * N; i++)
		below = fmax(below, fabs(points[N * i + 3]));
	CHECK(below > 9.99 && below <= 10);
	f.calls = 0;
	f.stop_at = 7;
	CHECK(!OptProfile(&opt, Value, &f, 0, points) && f.calls == 7);
	OptEnd(&opt);
}

int
main(void)
{
	static const int sizes[] = {3, 20, 200};
	Function f;
	Optimiser opt;

	for (int i = 0; i < MOST; i++)
		starts[3 * i] = starts[3 * i + 1] = starts[3 * i + 2] = (i % 3) - 1;
	TestLinear();
	TestProfile(0, 1, 0);
	TestProfile(30, 1, 0);
	TestProfile(30, 1e4, 0);
	TestProfile(30, 1e4, 0.3);
	for (int s = 0; s < 3; s++)
	{
		int n = sizes[s];

		TestInner(n, 0);
		TestInner(n, 30);
		TestBounds(n, 0);
		TestBounds(n, 30);
		TestFlat(n, false);
		TestFlat(n, true);
		TestStop(n);
	}
	CHECK(blocks == 0);

	no_memory = true;
	Make(&f, 3, 0);
	CHECK(!OptBegin(&opt, 3, Value, &f, &env));
	OptEnd(&opt); /* does no harm */
	no_memory = false;
	CHECK(!OptBegin(&opt, 0, Value, &f, &env));
	CHECK(!OptBegin(&opt, OPT_MOST_PARAMETERS + 1, Value, &f, &env));
	CHECK(blocks == 0);
	return unit_done();
}
