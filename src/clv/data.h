/*
 * data.h: crm.btyd_data as the files of the room see it
 */
#ifndef CRM_CLV_DATA_H
#define CRM_CLV_DATA_H

#include "glue.h"

#include "core/clv/open.h"

/* A value in either form, unpacked, rows in order, in the current memory context */
extern BtydData DatumGetBtydData(Datum datum);

/* A new packed value of rows that are in order */
extern Datum BtydDataGetDatum(BtydData *data);

/* Raise what a status means; returns on BTYD_DATA_OK only */
extern void BtydCheckStatus(BtydDataStatus status);

/* Raise what is wrong with the numbers of a customer */
extern CRM_NORETURN void BtydBadCustomer(BtydStatus status, double x, double t_x, double t);

/* Raise unless a mean spend is a number */
extern void BtydCheckMeanSpend(double m_x);

/* Is a detoasted value in the open form? Raises if it is none that could be one. */
extern bool BtydDataIsOpen(const struct varlena *value);
extern BtydData BtydOpenGetData(const BtydOpen *open);
extern BtydRow *BtydAllocateRows(Size n);

#endif /* CRM_CLV_DATA_H */
