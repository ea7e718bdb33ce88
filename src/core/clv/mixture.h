/*
 * mixture.h: expectations over the dropout probability
 */
#ifndef CRM_CORE_CLV_MIXTURE_H
#define CRM_CORE_CLV_MIXTURE_H

#include <stdbool.h>

/* p ~ Beta(a, b) as points with weights that sum to one */
#define MIXTURE_POINTS 4096
typedef struct Mixture
{
	int n; /* 0: not made */
	double p[MIXTURE_POINTS];
	double stay[MIXTURE_POINTS]; /* 1 - p, without its cancellation */
	double weight[MIXTURE_POINTS];
} Mixture;

/*
 * Points for expectations over p of functions of p u, and of p u r. False where more of them are
 * needed, for parameters that no customers have.
 */
extern bool MixtureMake(Mixture *mixture, double a, double b, double r, double u);

#endif /* CRM_CORE_CLV_MIXTURE_H */
