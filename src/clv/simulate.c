/*
 * simulate.c: customers and orders drawn from a model
 *
 * Each customer has random numbers of their own, from the seed and the customer's number: the first
 * hundred of a thousand are the same as a hundred.
 */
#include "clv/predict.h"

#include <math.h>

#include "funcapi.h"
#include "core/numeric/random.h"
#include "miscadmin.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(clv_simulate);

typedef struct Simulation
{
	ClvPrepared model;
	RandomState rng;
	BtydCustomer customer;
	double spend_rate; /* nu of the Gamma-Gamma model: the higher, the less this customer spends */
	int64 customers;
	int64 number; /* of the customer at hand, 0 before the first */
	bool done;    /* with the customer at hand */
	Timestamp start;
	Timestamp won_until; /* exclusive, as is end */
	Timestamp end;
	Timestamp first; /* order of the customer at hand */
	uint64 seed;
} Simulation;

static Timestamp
StartOfDay(DateADT day, const char *name)
{
	if (DATE_NOT_FINITE(day) || !IS_VALID_DATE(day) ||
		day >= TIMESTAMP_END_JULIAN - POSTGRES_EPOCH_JDATE - 1)
		ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
						errmsg("%s must be a finite date", name)));
	return (Timestamp) day * USECS_PER_DAY;
}

static Simulation *
StartSimulation(FunctionCallInfo fcinfo)
{
	Simulation *sim = palloc0(sizeof(Simulation));
	DateADT since = PG_GETARG_DATEADT(2);
	DateADT until = PG_GETARG_DATEADT(3);
	DateADT won_until = PG_ARGISNULL(5) ? until : PG_GETARG_DATEADT(5);

	ClvCheckUsable(PG_GETARG_CLV_MODEL(0));
	ClvPrepareModel(&sim->model, PG_GETARG_CLV_MODEL(0));
	if (sim->model.model.has_spend && !ClvUsable(sim->model.model.spend.status))
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("the model cannot draw amounts: the status of its spend fit is "
							   "\"%s\"",
							   ClvStatusName(sim->model.model.spend.status)),
						errdetail("%s", ClvPartMessage(&sim->model.model.spend, &ClvSpendKind)),
						errhint("Fit it with spend => false to draw orders alone.")));
	sim->customers = PG_GETARG_INT64(1);
	if (sim->customers < 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("number of customers must not be negative")));
	sim->start = StartOfDay(since, "since");
	sim->end = StartOfDay(until, "until") + USECS_PER_DAY;
	sim->won_until = StartOfDay(won_until, "won_until") + USECS_PER_DAY;
	if (won_until < since || until < won_until)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("dates must satisfy since <= won_until <= until"),
						errhint("Customers make their first order from since to won_until, and "
								"are observed to until.")));
	sim->seed = (uint64) PG_GETARG_INT64(4);
	sim->done = true;
	return sim;
}

/* Draw the next customer; the time of the first order. */
static Timestamp
NextCustomer(Simulation *sim)
{
	double span = (double) (sim->won_until - sim->start);

	sim->number++;
	sim->done = false;
	RandomSeed(&sim->rng, sim->seed, (uint64) sim->number);
	sim->first = sim->start + (Timestamp) floor(RandomUniform(&sim->rng) * span);
	sim->model.orders.process->draw(&sim->model.orders, &sim->rng, &sim->customer);
	if (sim->model.model.has_spend)
		sim->spend_rate = RandomGamma(&sim->rng, sim->model.model.spend.params[1]) /
						  sim->model.model.spend.params[2];
	return sim->first;
}

/* Microseconds from the customer's first order on in which the model's clock measures so many days
 */
static double
MicrosecondsAfterFirst(const Simulation *sim, double wait)
{
	double first = (double) sim->first / USECS_PER_DAY;

	if (!ClvHasSeason(&sim->model.model))
		return wait * (double) USECS_PER_DAY;
	return (SeasonMoment(&sim->model.clock, first, wait) - first) * (double) USECS_PER_DAY;
}

/* The time of the next order of any customer, in order of customers; false after the last. */
static bool
NextOrder(Simulation *sim, Timestamp *at)
{
	for (;;)
	{
		double wait;

		CHECK_FOR_INTERRUPTS();
		if (sim->done)
		{
			if (sim->number >= sim->customers)
				return false;
			*at = NextCustomer(sim);
			return true;
		}
		wait = sim->model.orders.process->next(&sim->model.orders, &sim->rng, &sim->customer) *
			   sim->model.model.unit_days;
		wait = MicrosecondsAfterFirst(sim, wait);
		if (wait < (double) (sim->end - sim->first))
		{
			*at = sim->first + (Timestamp) wait;
			return true;
		}
		sim->done = true;
	}
}

/* Spend of one order, to the cent; 0 without a spend model. */
static Datum
NextAmount(Simulation *sim)
{
	double cents = 0;

	if (sim->model.model.has_spend)
		cents =
			rint(RandomGamma(&sim->rng, sim->model.model.spend.params[0]) / sim->spend_rate * 100);
	if (!(cents < 9e17))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("simulated amount out of range"),
						errhint("The q of the spend model is very small: customers differ by more "
								"than money does.")));
	return NumericGetDatum(int64_div_fast_to_numeric((int64) cents, 2));
}

/* clv_simulate(model, customers, since, until, seed, won_until) */
Datum
clv_simulate(PG_FUNCTION_ARGS)
{
	FuncCallContext *funcctx;
	Simulation *sim;
	Timestamp at;
	Datum values[3];
	bool nulls[3] = {false, false, false};

	if (SRF_IS_FIRSTCALL())
	{
		MemoryContext old;

		funcctx = SRF_FIRSTCALL_INIT();
		for (int i = 0; i < 5; i++)
			if (PG_ARGISNULL(i))
				SRF_RETURN_DONE(funcctx);
		old = MemoryContextSwitchTo(funcctx->multi_call_memory_ctx);
		funcctx->tuple_desc = CrmResultRowType(fcinfo);
		funcctx->user_fctx = StartSimulation(fcinfo);
		MemoryContextSwitchTo(old);
	}
	funcctx = SRF_PERCALL_SETUP();
	sim = funcctx->user_fctx;
	if (!NextOrder(sim, &at))
		SRF_RETURN_DONE(funcctx);
	values[0] = Int64GetDatum(sim->number);
	values[1] = TimestampGetDatum(at);
	values[2] = NextAmount(sim);
	SRF_RETURN_NEXT(funcctx,
					HeapTupleGetDatum(heap_form_tuple(funcctx->tuple_desc, values, nulls)));
}
