/*
 * quadrature.c: rules of numerical integration
 */
#include <math.h>

#include "core/numeric/quadrature.h"

const double GaussNode[GAUSS_HALF] = {
	0.076526521133497333755, 0.22778585114164507808, 0.37370608871541956067, 0.510867001950827098,
	0.63605368072651502545,  0.74633190646015079261, 0.83911697182221882339, 0.91223442825132590587,
	0.96397192727791379127,  0.99312859918509492479};

const double GaussWeight[GAUSS_HALF] = {0.1527533871307258507,   0.14917298647260374679,
										0.14209610931838205133,  0.1316886384491766269,
										0.11819453196151841731,  0.10193011981724043504,
										0.083276741576704748725, 0.06267204833410906357,
										0.040601429800386941331, 0.017614007139152118312};

/* Gauss-Kronrod rule of 10 and 21 points (QUADPACK, Piessens et al. 1983): node, 21, 10 */
static const double KronrodRule[11][3] = {
	{0.99565716302580808074, 0.011694638867371874278, 0.0},
	{0.97390652851717172008, 0.032558162307964727479, 0.066671344308688137594},
	{0.930157491355708226, 0.054755896574351996031, 0.0},
	{0.86506336668898451073, 0.075039674810919952767, 0.14945134915058059315},
	{0.78081772658641689706, 0.093125454583697605535, 0.0},
	{0.67940956829902440623, 0.1093871588022976419, 0.219086362515982044},
	{0.56275713466860468334, 0.12349197626206585108, 0.0},
	{0.4333953941292471908, 0.13470921731147332593, 0.26926671930999635509},
	{0.29439286270146019813, 0.1427759385770600808, 0.0},
	{0.14887433898163121088, 0.14773910490133849137, 0.29552422471475287017},
	{0.0, 0.14944555400291690566, 0.0},
};

typedef struct Interval
{
	double lo;
	double hi;
	double value;
	double difference; /* of the two rules */
} Interval;

static Interval
Kronrod(double (*f)(double x, const void *arg), const void *arg, double lo, double hi)
{
	double middle = 0.5 * (lo + hi);
	double half = 0.5 * (hi - lo);
	double fine = KronrodRule[10][1] * f(middle, arg);
	double coarse = 0.0;

	for (int i = 0; i < 10; i++)
	{
		double pair =
			f(middle - half * KronrodRule[i][0], arg) + f(middle + half * KronrodRule[i][0], arg);

		fine += KronrodRule[i][1] * pair;
		coarse += KronrodRule[i][2] * pair;
	}
	return (Interval){lo, hi, half * fine, fabs(half * (fine - coarse))};
}

/*
 * Bisection until the rules agree to 1e-9 of the whole: for an analytic f the error of the finer
 * one is then about its 1.6th power. Never more than INTERVALS evaluations of the rule.
 */
double
Integrate(double (*f)(double x, const void *arg), const void *arg, double lo, double hi)
{
	enum
	{
		DEPTH = 40,
		INTERVALS = 500
	};
	Interval stack[DEPTH + 1];
	int depth = 1;
	int used = 1;
	double done = 0.0;
	double total;

	if (!(hi > lo))
		return 0.0;
	stack[0] = Kronrod(f, arg, lo, hi);
	total = stack[0].value;
	while (depth > 0)
	{
		Interval top = stack[--depth];
		double middle = 0.5 * (top.lo + top.hi);

		if (top.difference <= 1e-9 * total || depth >= DEPTH - 1 || used >= INTERVALS)
			done += top.value;
		else
		{
			Interval left = Kronrod(f, arg, top.lo, middle);
			Interval right = Kronrod(f, arg, middle, top.hi);

			used += 2;
			total += left.value + right.value - top.value;
			stack[depth++] = left;
			stack[depth++] = right;
		}
	}
	return done;
}
