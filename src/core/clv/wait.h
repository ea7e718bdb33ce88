/*
 * wait.h: when the next order comes with a given probability
 */
#ifndef CRM_CORE_CLV_WAIT_H
#define CRM_CORE_CLV_WAIT_H

#include "core/clv/btyd.h"

/* No customer waits longer, in any unit of time */
#define WAIT_LONGEST 1e15

/* Logarithm of a probability that falls in l = log(1 + horizon/scale), and its derivative by l */
typedef double (*WaitFunction)(double l, double *slope, const void *arg);

/* The horizon at which f is log_target, below its value at 0; guess is of l. BTYD_NEVER if none. */
extern BtydStatus WaitSolve(WaitFunction f, const void *arg, double log_target, double guess,
							double scale, double *result);

#endif /* CRM_CORE_CLV_WAIT_H */
