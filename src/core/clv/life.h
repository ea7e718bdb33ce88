/*
 * life.h: discounted purchases for life
 */
#ifndef CRM_CORE_CLV_LIFE_H
#define CRM_CORE_CLV_LIFE_H

#include "core/clv/btyd.h"
#include "core/clv/erlang.h"

/* Expected sum of exp(-rate s) over all purchases to come of a live customer, rate > 0 */
extern BtydStatus LifeDiscounted(const ErlangFuture *f, double rate, double *result);

#endif /* CRM_CORE_CLV_LIFE_H */
