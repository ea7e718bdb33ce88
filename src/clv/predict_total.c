/*
 * predict_total.c: crm.predict_total: what a group of customers will order and bring, an aggregate
 *
 * Means add up, and so do variances, for customers act apart; that the parameters are estimates
 * moves all of them together, so the totals are kept at each of the model's points as well. The
 * state is a bytea of fixed size. Sums are of twice the digits of a double, so that their order
 * does not show.
 */
#include "clv/predict.h"

#include <math.h>

#include "common/hashfn.h"
#include "core/numeric/special.h"

PG_FUNCTION_INFO_V1(clv_total_add);
PG_FUNCTION_INFO_V1(clv_total_combine);
PG_FUNCTION_INFO_V1(clv_total_final);

#define TOTAL_VERSION 0x746f7431

/* Arguments of clv_total_add */
enum
{
	ARG_STATE,
	ARG_MODEL,
	ARG_HISTORY,
	ARG_AS_OF,
	ARG_DAYS,
	ARG_DISCOUNT,
	ARG_MARGIN
};

/* Columns of crm.prediction_total */
enum
{
	CUSTOMERS,
	EXPECTED_ORDERS,
	ORDERS_LOWER,
	ORDERS_UPPER,
	VALUE,
	VALUE_LOWER,
	VALUE_UPPER,
	COLUMNS
};

/* An unevaluated sum of two doubles */
typedef struct Sum
{
	double high;
	double low;
} Sum;

typedef struct Total
{
	int32 vl_len_;
	uint32 version;
	uint64 question; /* a hash of the model and of what was asked */
	uint32 orders_points;
	uint32 spend_points;
	uint32 has_spend;
	uint32 unused;
	double customers;
	Sum orders;
	Sum orders_variance;
	Sum value;
	Sum value_variance;
	Sum orders_at[CLV_MAX_POINTS];
	Sum value_at[2 * CLV_MAX_POINTS]; /* at points of the orders, then of the spend */
} Total;

/* Knuth's two-sum keeps what rounding loses. An infinite sum stays one. */
static void
Add(Sum *sum, double value, double low)
{
	double high = sum->high + value;
	double rest = high - sum->high;

	if (isfinite(high))
		low += (sum->high - (high - rest)) + (value - rest) + sum->low;
	else
		low = 0;
	sum->high = high + low;
	sum->low = isfinite(high) ? low - (sum->high - high) : 0;
}

/* What comes from outside is a state only if it looks like one in all. */
static bool
IsTotal(const struct varlena *value)
{
	const Total *total = (const Total *) value;
	const double *number;

	if (!VARATT_IS_4B_U(value) || VARSIZE(value) != sizeof(Total) ||
		total->version != TOTAL_VERSION || total->orders_points > CLV_MAX_POINTS ||
		total->spend_points > CLV_MAX_POINTS || total->orders_points % 2 != 0 ||
		total->spend_points % 2 != 0 || total->has_spend > 1 || total->unused != 0 ||
		!BtydIsCount(total->customers))
		return false;
	number = &total->orders.high;
	for (int i = 0; i < (int) ((sizeof(Total) - offsetof(Total, orders)) / sizeof(double)); i++)
		if (isnan(number[i]) || (i % 2 == 0 && number[i] < 0))
			return false;
	return true;
}

/* The state of argument n: NULL before the first customer */
static Total *
GetTotal(FunctionCallInfo fcinfo, int n)
{
	struct varlena *value;

	if (PG_ARGISNULL(n))
		return NULL;
	value = PG_DETOAST_DATUM(PG_GETARG_DATUM(n));
	if (!IsTotal(value))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED), errmsg("malformed state of crm.predict_total")));
	return (Total *) value;
}

static void
CheckSame(const Total *total, uint64 question)
{
	if (total->question != question)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("a total must be of one model, horizon, discount and margin"),
						errhint("Group by what differs.")));
}

static Total *
NewTotal(FunctionCallInfo fcinfo, ClvPrepared *model, uint64 question)
{
	const ClvSpread *spread = ClvGetSpread(model);
	MemoryContext context;
	Total *total;

	AggCheckCallContext(fcinfo, &context);
	total = MemoryContextAllocZero(context, sizeof(Total));
	SET_VARSIZE(total, sizeof(Total));
	total->version = TOTAL_VERSION;
	total->question = question;
	total->orders_points = (uint32) spread->orders_points;
	total->spend_points = (uint32) spread->spend_points;
	total->has_spend = model->has_spend;
	return total;
}

static void
AddCustomer(Total *total, ClvPrepared *model, const ClvAsked *asked, double margin)
{
	const ClvSpread *spread = ClvGetSpread(model);
	double orders_variance, value_variance;
	ClvMeans means;

	total->customers++;
	ClvMeansAtPoints(model, asked, &means);
	ClvVariance(model, asked, &orders_variance, &value_variance);
	Add(&total->orders, asked->orders, 0);
	Add(&total->orders_variance, orders_variance, 0);
	for (int i = 0; i < spread->orders_points; i++)
		Add(&total->orders_at[i], means.of[CLV_ORDERS][i], 0);
	if (!model->has_spend)
		return;
	Add(&total->value, asked->value * asked->spend * margin, 0);
	Add(&total->value_variance, value_variance * margin * margin, 0);
	for (int i = 0; i < spread->orders_points; i++)
		Add(&total->value_at[i], means.of[CLV_VALUE][i] * asked->spend * margin, 0);
	for (int i = 0; asked->value > 0 && i < spread->spend_points; i++)
		Add(&total->value_at[CLV_MAX_POINTS + i],
			ClvSpendAtPoint(spread, asked->customer, i) * asked->value * margin, 0);
}

/* predict_total(model, history, as_of, days, discount, margin) */
Datum
clv_total_add(PG_FUNCTION_ARGS)
{
	Total *total = (CrmCheckInAggregate(fcinfo, "crm.predict_total"), GetTotal(fcinfo, ARG_STATE));
	HistoryBtydRow customer;
	ClvAsked asked = {.customer = &customer, .orders = NAN, .spend = NAN};
	ClvPrepared *model;
	double rate, margin;
	uint64 question;
	struct
	{
		uint64 model;
		double days, discount, margin;
	} asked_for;

	if (PG_ARGISNULL(ARG_DAYS) || PG_ARGISNULL(ARG_DISCOUNT) || PG_ARGISNULL(ARG_MARGIN))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("days, discount and margin of a total must not be NULL"),
						errhint("crm.clv(model, history, as_of, NULL) is for life.")));
	margin = ClvGetMargin(PG_GETARG_FLOAT8(ARG_MARGIN));
	if (PG_ARGISNULL(ARG_MODEL) || PG_ARGISNULL(ARG_HISTORY) || PG_ARGISNULL(ARG_AS_OF))
	{
		if (total == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(total);
	}
	model = ClvGetPreparedArgument(fcinfo, ARG_MODEL);
	memset(&customer, 0, sizeof(customer));
	if (!ClvRate(&model->model, PG_GETARG_FLOAT8(ARG_DISCOUNT), &rate))
		ClvCheckStatus(BTYD_BAD_RATE, &customer);
	asked_for.model = model->hash;
	asked_for.days = PG_GETARG_INT32(ARG_DAYS);
	asked_for.discount = rate;
	asked_for.margin = margin;
	question = hash_bytes_extended((const unsigned char *) &asked_for, sizeof(asked_for), 0);
	if (total == NULL)
		total = NewTotal(fcinfo, model, question);
	CheckSame(total, question);
	HistoryCheckAsOf(PG_GETARG_DATEADT(ARG_AS_OF));
	if (!ClvGetCustomer(model, PG_GETARG_HISTORY(ARG_HISTORY), PG_GETARG_DATEADT(ARG_AS_OF),
						&customer))
		PG_RETURN_POINTER(total);
	asked.horizon =
		ClvLookAhead(model, PG_GETARG_DATEADT(ARG_AS_OF), PG_GETARG_INT32(ARG_DAYS), rate);
	ClvAsk(model, &asked);
	AddCustomer(total, model, &asked, margin);
	PG_RETURN_POINTER(total);
}

Datum
clv_total_combine(PG_FUNCTION_ARGS)
{
	Total *total = (CrmCheckInAggregate(fcinfo, "crm.predict_total"), GetTotal(fcinfo, 0));
	const Total *other = GetTotal(fcinfo, 1);
	const int sums = (int) ((sizeof(Total) - offsetof(Total, orders)) / sizeof(Sum));

	if (other == NULL)
	{
		if (total == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(total);
	}
	if (total == NULL)
	{
		MemoryContext context;

		AggCheckCallContext(fcinfo, &context);
		total = MemoryContextAlloc(context, sizeof(Total));
		memcpy(total, other, sizeof(Total));
		PG_RETURN_POINTER(total);
	}
	CheckSame(total, other->question);
	if (total->orders_points != other->orders_points || total->has_spend != other->has_spend ||
		total->spend_points != other->spend_points ||
		!BtydIsCount(total->customers + other->customers))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED), errmsg("malformed state of crm.predict_total")));
	total->customers += other->customers;
	for (int i = 0; i < sums; i++)
		Add(&(&total->orders)[i], (&other->orders)[i].high, (&other->orders)[i].low);
	PG_RETURN_POINTER(total);
}

/* ---------------------------------------------------------------- the row
 *
 * The distribution of a total is that of its mean and variance: of counts a negative binomial, of
 * money, if there is an order, a gamma, both skewed as the totals of few customers are. What the
 * points move a total by is 1.96 standard deviations of its mean, on either side another, and adds
 * to the variance.
 */

/* The smallest n with P(N > n) <= out, N negative binomial of this mean and variance; infinite
 * beyond all counts */
static double
CountQuantile(double mean, double variance, double out)
{
	/* with hardly more variance than a Poisson's, a negative binomial that has it nearly */
	double excess = fmax(variance - mean, 1e-9 * mean);
	double r = mean * (mean / excess);
	double low = -1, high = mean + 1;
	double pmf, tail;

	if (!(mean > 0))
		return 0;
	for (;;)
	{
		NegativeBinomial(r, excess / mean, ceil(high) + 1, &pmf, &tail);
		if (tail <= out)
			break;
		low = ceil(high);
		high = 2 * high + 1;
		if (!(high <= BTYD_MAX_COUNT))
			return INFINITY;
	}
	high = ceil(high);
	while (high - low > 1)
	{
		double middle = floor(0.5 * (low + high));

		NegativeBinomial(r, excess / mean, middle + 1, &pmf, &tail);
		if (tail <= out)
			high = middle;
		else
			low = middle;
	}
	return high;
}

/* P(N > 0), N negative binomial of this mean and variance */
static double
AnyOrder(double mean, double variance)
{
	double excess = fmax(variance - mean, 1e-9 * mean);

	return mean > 0 ? -expm1(-mean * (mean / excess) * log1p(excess / mean)) : 0;
}

/* The z that a standard normal variate exceeds with this probability */
static double
NormalExceeded(double out)
{
	double low = -40, high = 40;

	for (int i = 0; i < 64; i++)
	{
		double middle = 0.5 * (low + high);

		if (0.5 * erfc(middle * M_SQRT1_2) > out)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/*
 * The money that is exceeded with probability `out`: none comes without an order, and the rest is
 * gamma. Wilson & Hilferty (1931): the cube root of a gamma variate is nearly normal.
 */
static double
MoneyQuantile(double mean, double variance, double any, double out)
{
	double part, root;

	if (!(mean > 0) || any <= out)
		return 0;
	mean /= any;
	variance = fmax(0, variance / any - (1 - any) * mean * mean);
	part = variance / (9 * mean * mean);
	root = 1 - part + NormalExceeded(out / any) * sqrt(part);
	return mean * fmax(0, root) * root * root;
}

static void
PutNumber(Datum *values, bool *nulls, int column, double value)
{
	values[column] = Float8GetDatum(value);
	nulls[column] = !isfinite(value);
}

static void
PutCount(Datum *values, bool *nulls, int column, double count)
{
	nulls[column] = !(count <= BTYD_MAX_COUNT);
	values[column] = Int64GetDatum(nulls[column] ? 0 : (int64) count);
}

Datum
clv_total_final(PG_FUNCTION_ARGS)
{
	static const Total none = {.has_spend = 0};
	const Total *total = GetTotal(fcinfo, 0);
	ClvRange orders, value;
	Datum values[COLUMNS] = {0};
	bool nulls[COLUMNS] = {false};
	double normal = NORMAL_95 * NORMAL_95;
	double any;

	if (total == NULL)
		total = &none;
	any = AnyOrder(total->orders.high, total->orders_variance.high);
	orders = (ClvRange){total->orders.high, 0, 0};
	value = (ClvRange){total->value.high, 0, 0};
	for (uint32 i = 0; i < total->orders_points; i += 2)
	{
		ClvAddPair(&orders, total->orders_at[i].high, total->orders_at[i + 1].high);
		ClvAddPair(&value, total->value_at[i].high, total->value_at[i + 1].high);
	}
	for (uint32 i = CLV_MAX_POINTS; i < CLV_MAX_POINTS + total->spend_points; i += 2)
		ClvAddPair(&value, total->value_at[i].high, total->value_at[i + 1].high);

	values[CUSTOMERS] = Int64GetDatum((int64) total->customers);
	PutNumber(values, nulls, EXPECTED_ORDERS, orders.at);
	nulls[ORDERS_LOWER] = nulls[ORDERS_UPPER] = true;
	if (isfinite(orders.below) && isfinite(orders.above) && orders.at < 1e12)
	{
		double variance = total->orders_variance.high;

		PutCount(values, nulls, ORDERS_LOWER,
				 CountQuantile(orders.at, variance + orders.below / normal, 0.975));
		PutCount(values, nulls, ORDERS_UPPER,
				 CountQuantile(orders.at, variance + orders.above / normal, 0.025));
	}
	PutNumber(values, nulls, VALUE, value.at);
	PutNumber(
		values, nulls, VALUE_LOWER,
		MoneyQuantile(value.at, total->value_variance.high + value.below / normal, any, 0.975));
	PutNumber(
		values, nulls, VALUE_UPPER,
		MoneyQuantile(value.at, total->value_variance.high + value.above / normal, any, 0.025));
	if (!total->has_spend && total->customers > 0)
		nulls[VALUE] = nulls[VALUE_LOWER] = nulls[VALUE_UPPER] = true;
	return CrmReturnRow(fcinfo, values, nulls);
}
