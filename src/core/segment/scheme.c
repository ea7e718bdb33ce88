/*
 * scheme.c: schemes read, written and asked.
 *
 *     scheme   preset name | rule { ; rule } [ ; else : name ] [ ; ]
 *     rule     name : patterns
 *     name     bare (no colon, semicolon or quote), or between double quotes, a quote doubled
 */
#include <string.h>

#include "core/base/check.h"
#include "core/segment/scheme.h"

/* The word that may stand for "all other cells"; a segment of that name is quoted. */
static bool
IsElse(const char *name, size_t size)
{
	return size == 4 && (name[0] | 32) == 'e' && (name[1] | 32) == 'l' && (name[2] | 32) == 's' &&
		   (name[3] | 32) == 'e';
}

/* Go to the end of a name, a quote or a mark; true at a quote. */
static bool
SkipName(Cursor *in, bool quoted)
{
	while (!CursorAtEnd(in) && (quoted || (*in->at != ':' && *in->at != ';')))
	{
		if (*in->at != '"')
			in->at++;
		else if (!quoted || !CursorTakeWord(in, "\"\""))
			return true;
	}
	return false;
}

/* Read a name, with the white space behind it, into out (SCHEME_MAX_NAME bytes). */
static bool
ReadName(Cursor *in, uint8_t *out, size_t *out_size, bool *quoted)
{
	const char *outside, *from, *to;
	size_t size = 0;
	bool blank = true, at_quote;

	CursorSkipSpace(in);
	outside = in->at;
	*quoted = CursorTake(in, '"');
	from = in->at;
	at_quote = SkipName(in, *quoted);
	to = in->at;
	if (*quoted && !at_quote)
		return CursorFail(in, to, "a closing quote");
	if (!*quoted && at_quote)
		return CursorFail(in, to, "no quote, or all of the name between quotes");
	if (*quoted)
		in->at++;
	else
		while (to > from && CursorIsSpace(to[-1]))
			to--;

	for (const char *c = from; c < to; c++)
	{
		if ((unsigned char) *c < 0x20 || *c == 0x7f)
		{
			in->at = c;
			return CursorFail(in, c, "a name without control characters");
		}
		if (size == SCHEME_MAX_NAME)
			return CursorFail(in, outside, "a name of at most 255 bytes");
		if (*c == '"')
			c++;
		if (*c != ' ')
			blank = false;
		out[size++] = (uint8_t) *c;
	}
	*out_size = size;
	if (blank)
		return CursorFail(in, outside, size == 0 ? "a name" : "a name of more than blanks");
	CursorSkipSpace(in);
	return true;
}

/* The rules read so far, as they are stored. */
typedef struct SchemeRules
{
	uint8_t *bytes;
	size_t size;
	int count;
	uint8_t otherwise[SCHEME_MAX_NAME]; /* put before them at the end */
	size_t otherwise_size;
} SchemeRules;

static bool
NameIsTaken(const SchemeRules *rules, const uint8_t *name, size_t name_size)
{
	SchemeReader reader = {rules->bytes, rules->bytes + rules->size, rules->count, {NULL, 0}};
	SchemeRule rule;

	while (SchemeNext(&reader, &rule))
		if (rule.name.size == name_size && memcmp(rule.name.text, name, name_size) == 0)
			return true;
	return false;
}

/* Read `name : patterns` or `else : name`, and add it to the rules. */
static bool
ReadRule(Cursor *in, SchemeRules *rules)
{
	uint8_t name[SCHEME_MAX_NAME];
	size_t name_size;
	const char *from = in->at;
	const char *name_from = from;
	bool quoted, otherwise;
	CellSet cells = {{0, 0}};

	if (!ReadName(in, name, &name_size, &quoted))
		return false;
	otherwise = !quoted && IsElse((const char *) name, name_size);
	if (otherwise)
	{
		if (!CursorTake(in, ':'))
			return CursorFail(in, in->at, "a colon and the name of all other cells");
		CursorSkipSpace(in);
		name_from = in->at;
		if (!ReadName(in, name, &name_size, &quoted))
			return false;
	}
	if (NameIsTaken(rules, name, name_size))
		return CursorFail(in, name_from, "another name, for each stands once");
	if (otherwise)
	{
		memcpy(rules->otherwise, name, name_size);
		rules->otherwise_size = name_size;
		return true;
	}

	if (!CursorTake(in, ':'))
		return CursorFail(in, in->at, "a colon and patterns");
	if (!CellSetRead(in, &cells))
		return false;
	if (CellSetIsEmpty(cells))
		return CursorFail(in, in->at, "a pattern");
	if (rules->count == SCHEME_MAX_RULES)
		return CursorFail(in, from, "at most 250 rules");
	memcpy(rules->bytes + rules->size, &cells, sizeof(cells));
	rules->size += sizeof(cells);
	rules->bytes[rules->size++] = (uint8_t) name_size;
	memcpy(rules->bytes + rules->size, name, name_size);
	rules->size += name_size;
	rules->count++;
	return true;
}

/* Read rules up to the end. */
static bool
ReadRules(Cursor *in, SchemeRules *rules)
{
	for (CursorSkipSpace(in); !CursorAtEnd(in); CursorSkipSpace(in))
	{
		if (rules->otherwise_size > 0)
			return CursorFail(in, in->at, "the end of the text after else");
		if (!ReadRule(in, rules))
			return false;
		if (!CursorAtEnd(in) && !CursorTake(in, ';'))
			return CursorFail(in, in->at, "a semicolon or the end of the text");
	}
	return rules->count > 0 || CursorFail(in, in->at, "a rule with patterns");
}

/* Read a scheme's text; out has SCHEME_SIZE_BOUND(size) bytes. */
bool
SchemeParse(Cursor *in, uint8_t *out, size_t *out_size)
{
	SchemeRules rules = {.bytes = out + 3};
	const char *to = in->end;
	const char *preset;

	if (in->end - in->at > SCHEME_TEXT_LIMIT)
	{
		in->at = in->end;
		return CursorFail(in, in->text, "a text of at most a megabyte");
	}
	CursorSkipSpace(in);
	while (to > in->at && CursorIsSpace(to[-1]))
		to--;
	preset = SchemePreset(in->at, (size_t) (to - in->at));
	if (preset != NULL)
	{
		Cursor text = CursorStart(preset, strlen(preset));

		if (!ReadRules(&text, &rules))
			return false;
	}
	else if (memchr(in->at, ':', (size_t) (to - in->at)) == NULL &&
			 memchr(in->at, ';', (size_t) (to - in->at)) == NULL)
	{
		const char *from = in->at;

		in->at = to;
		return CursorFail(in, from, "the name of a preset, or rules, name: patterns");
	}
	else if (!ReadRules(in, &rules))
		return false;

	out[0] = SCHEME_VERSION;
	out[1] = (uint8_t) rules.count;
	out[2] = (uint8_t) rules.otherwise_size;
	memmove(rules.bytes + rules.otherwise_size, rules.bytes, rules.size);
	memcpy(rules.bytes, rules.otherwise, rules.otherwise_size);
	*out_size = 3 + rules.otherwise_size + rules.size;
	CRM_ASSERT(SchemeIsCanonical((SchemeView){out, *out_size}));
	return true;
}

/* Start a walk; bytes that are no scheme have no rules. */
SchemeReader
SchemeRead(SchemeView scheme)
{
	SchemeReader reader = {scheme.bytes, scheme.bytes + scheme.size, 0, {NULL, 0}};

	if (scheme.size < 3 || scheme.bytes[0] != SCHEME_VERSION || scheme.size - 3 < scheme.bytes[2])
		return reader;
	reader.left = scheme.bytes[1];
	reader.otherwise = (SchemeName){(const char *) scheme.bytes + 3, scheme.bytes[2]};
	reader.at += 3 + scheme.bytes[2];
	return reader;
}

/* Read the next rule; false at the end. */
bool
SchemeNext(SchemeReader *reader, SchemeRule *rule)
{
	size_t left = (size_t) (reader->end - reader->at), head = sizeof(CellSet) + 1;

	/* no rule is without a name */
	if (reader->left == 0 || left < head || reader->at[head - 1] == 0 ||
		left - head < reader->at[head - 1])
		return false;
	memcpy(&rule->cells, reader->at, sizeof(CellSet));
	rule->name = (SchemeName){(const char *) reader->at + head, reader->at[head - 1]};
	reader->at += head + rule->name.size;
	reader->left--;
	return true;
}

/* Could a text give this name? */
static bool
NameIsValid(SchemeName name)
{
	bool blank = true;

	for (size_t i = 0; i < name.size; i++)
	{
		if ((unsigned char) name.text[i] < 0x20 || name.text[i] == 0x7f)
			return false;
		blank &= name.text[i] == ' ';
	}
	return !blank;
}

/* Are these the bytes of a scheme, and nothing else? Takes time, with many rules. */
bool
SchemeIsCanonical(SchemeView scheme)
{
	SchemeReader reader = SchemeRead(scheme);
	SchemeRule rule;
	int rules = reader.left;

	if (rules < 1 || rules > SCHEME_MAX_RULES ||
		(reader.otherwise.size > 0 && !NameIsValid(reader.otherwise)))
		return false;
	while (SchemeNext(&reader, &rule))
	{
		SchemeReader later = reader;
		SchemeRule other = {{{0, 0}}, reader.otherwise};

		if (CellSetIsEmpty(rule.cells) || !CellSetIsValid(rule.cells) || !NameIsValid(rule.name))
			return false;
		do
			if (rule.name.size == other.name.size &&
				memcmp(rule.name.text, other.name.text, rule.name.size) == 0)
				return false;
		while (SchemeNext(&later, &other));
	}
	return reader.left == 0 && reader.at == reader.end;
}

/*
 * The name of a cell, by index: of the first rule that has it, else the else-name. 000 is nobody's
 * customer yet: no else-name covers it.
 */
SchemeName
SchemeNameOf(SchemeView scheme, int index)
{
	SchemeReader reader = SchemeRead(scheme);
	SchemeRule rule;

	while (SchemeNext(&reader, &rule))
		if (CellSetHas(rule.cells, index))
			return rule.name;
	return index == 0 ? (SchemeName){NULL, 0} : reader.otherwise;
}

/* Write a name, quoted where it would be read as something else. */
static char *
PrintName(char *out, SchemeName name)
{
	bool quote = IsElse(name.text, name.size) || name.text[0] == ' ' ||
				 name.text[name.size - 1] == ' ' || memchr(name.text, ':', name.size) != NULL ||
				 memchr(name.text, ';', name.size) != NULL ||
				 memchr(name.text, '"', name.size) != NULL;

	if (quote)
		*out++ = '"';
	for (size_t i = 0; i < name.size; i++)
	{
		if (name.text[i] == '"')
			*out++ = '"';
		*out++ = name.text[i];
	}
	if (quote)
		*out++ = '"';
	return out;
}

/* A bound on the text of a scheme, the final zero byte included. */
size_t
SchemeTextBound(SchemeView scheme)
{
	return 2 * scheme.size +
		   ((scheme.size > 1 ? scheme.bytes[1] : 0) + 1) * (CELL_SET_TEXT_SIZE + 8);
}

/* Write a scheme's rules as text. */
size_t
SchemePrint(SchemeView scheme, char *out)
{
	char *start = out;
	SchemeReader reader = SchemeRead(scheme);
	SchemeRule rule;

	CRM_ASSERT(SchemeIsCanonical(scheme));
	while (SchemeNext(&reader, &rule))
	{
		if (out != start)
			out = (char *) memcpy(out, "; ", 2) + 2;
		out = PrintName(out, rule.name);
		out = (char *) memcpy(out, ": ", 2) + 2;
		out += CellSetPrint(rule.cells, out);
	}
	if (reader.otherwise.size > 0)
	{
		out = (char *) memcpy(out, "; else: ", 8) + 8;
		out = PrintName(out, reader.otherwise);
	}
	*out = '\0';
	CRM_ASSERT((size_t) (out - start) < SchemeTextBound(scheme));
	return (size_t) (out - start);
}
