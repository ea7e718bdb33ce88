/*
 * scheme_presets.c: the schemes that everybody can name.
 */
#include <string.h>

#include "core/segment/scheme.h"

static const struct
{
	const char *name;
	const char *rules;
} Presets[] = {
	/*
	 * The eleven usual names, made into a partition: every cell of 1 to 5 is in one rule. The lists
	 * in circulation name some cells twice (231) and tear neighbours apart (144 and 145).
	 * doc/segment.md shows the grid.
	 */
	{"cells11", "Champions: 5[45][45], 45[45], 445;"
				"Loyal: 335, 3[45][45], 444, [45][45]3, [45]3[45];"
				"Potential Loyalist: [345][45][12], [45]3[123], [45]2[123];"
				"New Customers: [45]1[12];"
				"Promising: [345]1[345], [45]2[45];"
				"Need Attention: 3[345]3, 334, 32[45];"
				"About To Sleep: 3[12][12], 323, 33[12], 2[345]1, 232;"
				"At Risk: 24[2345], 25[23], 23[345], 2[12][45], 1[45][23], 13[345], 1[12][45];"
				"Cannot Lose Them: [12]5[45], 14[45];"
				"Hibernating: 2[12][123], 132, 12[23], 113;"
				"Lost: 1[12345]1, 112"},
	/* Three levels, recency cut at 180 and 365 days, the others by thirds. */
	{"klaviyo6", "Champions: 333 332 323;"
				 "Loyal: 321 322 331 232 233;"
				 "Recent: 312 313 311 222 223;"
				 "Needs Attention: 213 221 123 132 133;"
				 "At Risk: 231 212 122 131 211;"
				 "Inactive: 111 112 113 121"},
	/* Overlapping rules where the order decides, and ten cells that no rule names. */
	{"rfm10", "Champions: 555;"
			  "Potential Loyalist: [3-5][3-5][2-5];"
			  "Loyal: [2-4][2-4][2-4];"
			  "Promising: [3-4][1-3][3-5];"
			  "New: [4-5][1-3][1-5];"
			  "Can't Lose: [1-2][3-4][4-5];"
			  "At Risk: [1-2][2-5][4-5];"
			  "Need Attention: [1-3][3-5][3-5];"
			  "About To Sleep: [2-3][1-3][1-4];"
			  "Lost: 1[1-5][1-5];"
			  "else: Others"},
	/* Recency and frequency only. */
	{"rf10", "Champions: 5[45]*;"
			 "Loyal: [34][45]*;"
			 "Potential Loyalist: [45][23]*;"
			 "New: 51*;"
			 "Promising: 41*;"
			 "Need Attention: 33*;"
			 "About To Sleep: 3[12]*;"
			 "Can't Lose: [12]5*;"
			 "At Risk: [12][34]*;"
			 "Hibernating: [12][12]*"}};

/* The rules of a preset as text, NULL if there is none of that name. */
const char *
SchemePreset(const char *name, size_t size)
{
	for (size_t i = 0; i < sizeof(Presets) / sizeof(Presets[0]); i++)
		if (strlen(Presets[i].name) == size && memcmp(Presets[i].name, name, size) == 0)
			return Presets[i].rules;
	return NULL;
}
