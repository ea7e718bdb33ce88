/*
 * auto.c: the choice of a process and of the order of gaps, by AIC
 *
 * All candidates are searched on samples. How far one is behind, and how much of that may be
 * chance, is told by parts of the sample; those that are behind by more do not see all rows.
 */
#include "core/clv/auto.h"

#include <math.h>
#include <string.h>

#include "core/clv/fit_search.h"

/* Parts of a sample, interleaved, so that each is a sample; and how many standard errors, told by
 * so few parts, are no chance (Student, 7 degrees of freedom: 1 in 10,000) */
#define PARTS 8
#define FAR_BEHIND 7.0

/*
 * A parameter that a sample leaves at its limit may be told by all rows. They hold as much more
 * than the sample as they are more; half of the square of three standard errors times that is what
 * they may gain in log-likelihood.
 */
#define HIDDEN_GAIN 4.5

typedef struct Race
{
	BtydFitRows data;
	BtydChoice *choice;
	BtydSearch searches[BTYD_MOST_CANDIDATES];
	bool begun[BTYD_MOST_CANDIDATES];
	bool left[BTYD_MOST_CANDIDATES]; /* far behind: not followed any more */
	double parts[BTYD_MOST_CANDIDATES][PARTS];
	BtydRow *part_rows;
} Race;

double
BtydLogGaps(const BtydGaps *gaps, int order)
{
	return order == 1 ? 0.0 : (order - 1) * gaps->sum_logs - gaps->n * lgamma(order);
}

BtydRegularity
BtydTellRegularity(const BtydGaps *gaps)
{
	if (!gaps->complete || gaps->n == 0.0)
		return BTYD_REGULARITY_NO_GAPS;
	if (gaps->one_day > BTYD_MOST_ONE_DAY * gaps->n)
		return BTYD_REGULARITY_ONE_DAY;
	return BTYD_REGULARITY_KNOWN;
}

/* ---------------------------------------------------------------- the standing */

static double
Aic(const BtydCandidate *candidate, double loglik)
{
	return 2.0 * candidate->fit.process->nparams - 2.0 * (loglik + candidate->log_gaps);
}

/* The first of those that may be compared; -1 if there is none */
static int
Leader(const BtydChoice *choice, int but, bool complete)
{
	int best = -1;

	for (int i = 0; i < choice->n; i++)
		if (i != but && (choice->at[i].complete || !complete) && !isnan(choice->at[i].aic) &&
			(best < 0 || choice->at[i].aic < choice->at[best].aic))
			best = i;
	return best;
}

/* How many customers of all rows stand behind one of a level */
static double
Scale(const Race *race, int level)
{
	return (double) race->data.rows / (double) race->data.level[level].n;
}

/* ---------------------------------------------------------------- samples */

/* The log-likelihood of each part of a sample at the top of a search */
static bool
MeasureParts(Race *race, int i, int level)
{
	BtydSearch *search = &race->searches[i];
	const BtydFitLevel *all = &race->data.level[level];
	size_t n = all->n / PARTS;

	for (int part = 0; part < PARTS; part++)
	{
		BtydFitLevel rows = {race->part_rows + n * (size_t) part, n};

		if (!BtydSearchValue(search, &rows, &race->parts[i][part]))
			return false;
	}
	return true;
}

static void
MakeParts(Race *race, int level)
{
	const BtydFitLevel *all = &race->data.level[level];
	size_t n = all->n / PARTS;

	for (int part = 0; part < PARTS; part++)
		for (size_t j = 0; j < n; j++)
			race->part_rows[n * (size_t) part + j] = all->rows[PARTS * j + (size_t) part];
}

/* The standard error of the difference between two log-likelihoods of all rows, told by the parts
 */
static double
DifferenceError(const double *a, const double *b)
{
	double mean = 0.0, squares = 0.0;

	for (int part = 0; part < PARTS; part++)
		mean += (a[part] - b[part]) / PARTS;
	for (int part = 0; part < PARTS; part++)
	{
		double off = a[part] - b[part] - mean;

		squares += off * off;
	}
	/* the sum of all parts */
	return sqrt(squares * PARTS / (PARTS - 1));
}

/* Leave those that are too far behind to win when all rows are seen. False when stopped. */
static bool
LeaveBehind(Race *race, int level)
{
	BtydChoice *choice = race->choice;
	int best = Leader(choice, -1, false);

	if (best < 0)
		return true;
	MakeParts(race, level);
	for (int i = 0; i < choice->n; i++)
		if (!race->left[i] && !MeasureParts(race, i, level))
			return false;
	for (int i = 0; i < choice->n; i++)
	{
		double behind = choice->at[i].aic - choice->at[best].aic;
		double error = DifferenceError(race->parts[i], race->parts[best]);

		if (!race->left[i] &&
			!(behind < 2.0 * (FAR_BEHIND * error + HIDDEN_GAIN * Scale(race, level))))
			race->left[i] = true;
	}
	return true;
}

/* ---------------------------------------------------------------- all rows */

/* Fit a candidate to all rows; false when stopped */
static bool
Complete(Race *race, int i)
{
	BtydCandidate *candidate = &race->choice->at[i];
	int last = race->data.levels - 1;

	if (candidate->complete)
		return true;

	/* what is nested in it first */
	for (int j = 0; j < race->choice->n; j++)
	{
		const BtydFit *nested = &race->choice->at[j].fit;

		if (j != i && nested->process == &BtydNbd && nested->order == candidate->fit.order &&
			!race->left[j] && !Complete(race, j))
			return false;
	}
	BtydSearchLevel(&race->searches[i], last, NULL);
	if (BtydSearchStopped(&race->searches[i]))
		return false;
	BtydSearchJudge(&race->searches[i], &candidate->fit);
	candidate->complete = true;
	candidate->aic =
		BtydFitIsUsable(candidate->fit.status) ? Aic(candidate, candidate->fit.loglik) : NAN;
	return candidate->fit.status != BTYD_FIT_INTERRUPTED;
}

/* May a candidate come before a complete one? One look at all rows tells. False when stopped. */
static bool
MayWin(Race *race, int i, int against, bool *may)
{
	BtydCandidate *candidate = &race->choice->at[i];
	int last = race->data.levels - 1;
	double value, promise;
	bool open;

	*may = true;
	if (last == 0 || against < 0)
		return true;
	if (!BtydSearchLook(&race->searches[i], last, &value, &promise, &open))
		return false;
	/* a promise is a parabola's: let the truth be twice as high */
	value += 2.0 * promise + 0.5 + (open ? HIDDEN_GAIN * Scale(race, last - 1) : 0.0);
	*may = !(Aic(candidate, value) > race->choice->at[against].aic);
	return true;
}

/* The last level: the best of the samples first, then all that may come before it */
static bool
Finish(Race *race, bool complete)
{
	BtydChoice *choice = race->choice;
	bool seen[BTYD_MOST_CANDIDATES] = {false};

	for (int turn = 0; turn < choice->n; turn++)
	{
		int next = -1;
		bool may;

		for (int i = 0; i < choice->n; i++)
			if (!race->left[i] && !seen[i] && !choice->at[i].complete &&
				!isnan(choice->at[i].aic) && (next < 0 || choice->at[i].aic < choice->at[next].aic))
				next = i;
		if (next < 0)
			break;
		seen[next] = true;
		if (complete)
			may = true;
		else if (!MayWin(race, next, Leader(choice, -1, true), &may))
			return false;
		if (may && !Complete(race, next))
			return false;
	}

	/* the runner-up is told by all rows too */
	for (int turn = 0; turn < choice->n; turn++)
	{
		int best = Leader(choice, -1, true);
		int second = Leader(choice, best, false);

		if (second < 0 || choice->at[second].complete)
			break;
		if (!Complete(race, second))
			return false;
	}
	return true;
}

/* ---------------------------------------------------------------- */

static void
MakeCandidates(Race *race, const BtydGaps *gaps, int order, int most_order)
{
	BtydChoice *choice = race->choice;

	/* NBD of an order before all others of it, which start from there; lower orders first */
	for (int k = 1; k <= BTYD_MAX_ORDER; k++)
		for (int pass = 0; pass < 2; pass++)
			for (int i = 0; BtydProcesses[i]; i++)
			{
				const BtydProcess *process = BtydProcesses[i];
				bool wanted = order > 0 ? k == order : k <= most_order;

				if (!wanted || k > process->max_order || (process == &BtydNbd) == (pass > 0) ||
					choice->n == BTYD_MOST_CANDIDATES)
					continue;
				BtydFitStart(&choice->at[choice->n].fit, &race->data, process, k);
				choice->at[choice->n].log_gaps = k > 1 ? BtydLogGaps(gaps, k) : 0.0;
				choice->at[choice->n++].aic = NAN;
			}
}

/* The same process with the order before */
static const BtydSearch *
LowerOrder(const Race *race, int i)
{
	const BtydFit *fit = &race->choice->at[i].fit;

	for (int j = 0; j < i; j++)
		if (race->choice->at[j].fit.process == fit->process &&
			race->choice->at[j].fit.order == fit->order - 1)
			return &race->searches[j];
	return NULL;
}

static bool
Run(Race *race, bool complete)
{
	BtydChoice *choice = race->choice;
	int last = race->data.levels - 1;

	for (int level = 0; level < last; level++)
	{
		for (int i = 0; i < choice->n; i++)
		{
			BtydSearch *search = &race->searches[i];

			if (race->left[i])
				continue;
			BtydSearchLevel(search, level, LowerOrder(race, i));
			if (BtydSearchStopped(search))
				return false;
			choice->at[i].aic =
				search->ntops > 0 ? Aic(&choice->at[i], search->tops[0].value) : NAN;
		}
		if (level > 0 && !complete && !LeaveBehind(race, level))
			return false;
	}
	if (last > 0)
		return Finish(race, complete);
	for (int i = 0; i < choice->n; i++)
		if (!Complete(race, i))
			return false;
	return true;
}

/* The best, the runner-up, and points for the intervals of what may be asked */
static BtydFitStatus
Crown(Race *race, bool all)
{
	BtydChoice *choice = race->choice;

	choice->best = Leader(choice, -1, true);
	if (choice->best < 0)
		return BTYD_FIT_NOT_CONVERGED;
	choice->runner_up = Leader(choice, choice->best, true);
	for (int i = 0; i < choice->n; i++)
		if ((all || i == choice->best) && !isnan(choice->at[i].aic) &&
			!BtydSearchProfile(&race->searches[i], &choice->at[i].fit))
			return BTYD_FIT_INTERRUPTED;
	return BTYD_FIT_CONVERGED;
}

BtydFitStatus
BtydChoose(const BtydRow *rows, size_t n, const BtydGaps *gaps, int order, int most_order,
		   bool prior, bool complete, const Environment *env, BtydChoice *choice)
{
	Race *race = EnvironmentAllocate(env, 1, sizeof(Race));
	BtydFitStatus status;

	memset(choice, 0, sizeof(*choice));
	choice->best = choice->runner_up = -1;
	if (race == NULL)
		return BTYD_FIT_NO_MEMORY;
	memset(race, 0, sizeof(*race));
	race->choice = choice;
	status = BtydFitRowsBegin(&race->data, rows, n, env);
	MakeCandidates(race, gaps, order, most_order);
	if (status == BTYD_FIT_CONVERGED && race->data.levels > 2)
	{
		race->part_rows =
			EnvironmentAllocate(env, race->data.level[race->data.levels - 2].n, sizeof(BtydRow));
		if (race->part_rows == NULL)
			status = BTYD_FIT_NO_MEMORY;
	}
	for (int i = 0; i < choice->n && status == BTYD_FIT_CONVERGED; i++)
	{
		race->begun[i] = BtydSearchBegin(&race->searches[i], &race->data, choice->at[i].fit.process,
										 choice->at[i].fit.order, prior);
		if (!race->begun[i])
			status = BTYD_FIT_NO_MEMORY;
	}
	if (status == BTYD_FIT_CONVERGED)
	{
		status = Run(race, complete) ? BTYD_FIT_NOT_CONVERGED : BTYD_FIT_INTERRUPTED;
		if (status == BTYD_FIT_NOT_CONVERGED)
			status = Crown(race, complete);
	}
	for (int i = 0; i < choice->n; i++)
	{
		if (race->begun[i])
			BtydSearchEnd(&race->searches[i]);
		if (!choice->at[i].complete)
			choice->at[i].fit.status = status;
	}
	EnvironmentRelease(env, race->part_rows);
	BtydFitRowsEnd(&race->data);
	EnvironmentRelease(env, race);
	return status;
}
