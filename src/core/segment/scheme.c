/*
 * scheme.c: schemes read, written and asked.
 *
 *     scheme   preset name | rule { ; rule } [ ; else : name ] [ ; ]
 *     rule     name : patterns
 *     name     bare (no colon, semicolon or quote), or between double quotes, a quote doubled
 */
#include <string.h>

#include "core/segment/scheme.h"

/* What is being read, and how far. */
typedef struct Cursor
{
	const char *text;
	size_t size;
	size_t at;
} Cursor;

static bool
IsSpace(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void
SkipSpace(Cursor *in)
{
	while (in->at < in->size && IsSpace(in->text[in->at]))
		in->at++;
}

/* The word that may stand for "all other cells"; a segment of that name is quoted. */
static bool
IsElse(const char *name, size_t size)
{
	return size == 4 && (name[0] | 32) == 'e' && (name[1] | 32) == 'l' && (name[2] | 32) == 's' &&
		   (name[3] | 32) == 'e';
}

/* Read a name into out (SCHEME_MAX_NAME bytes); the cursor ends behind it and its space. */
static SchemeStatus
ReadName(Cursor *in, uint8_t *out, size_t *out_size, bool *quoted)
{
	size_t size = 0, start, end;
	bool blank = true;

	SkipSpace(in);
	*quoted = in->at < in->size && in->text[in->at] == '"';
	start = in->at += *quoted;
	while (in->at < in->size)
	{
		char c = in->text[in->at];

		if (*quoted ? c == '"' : c == ':' || c == ';')
		{
			if (!*quoted || in->at + 1 == in->size || in->text[in->at + 1] != '"')
				break;
			in->at++;
		}
		in->at++;
	}
	end = in->at;
	if (*quoted)
	{
		if (in->at == in->size)
			return SCHEME_BAD_NAME;
		in->at++;
		SkipSpace(in);
	}
	else
		while (end > start && IsSpace(in->text[end - 1]))
			end--;

	for (size_t at = start; at < end; at++)
	{
		unsigned char c = (unsigned char) in->text[at];

		if (c < 0x20 || c == 0x7f || (c == '"' && !*quoted) || size == SCHEME_MAX_NAME)
			return SCHEME_BAD_NAME;
		if (c == '"')
			at++;
		if (c != ' ')
			blank = false;
		out[size++] = c;
	}
	*out_size = size;
	return blank ? SCHEME_BAD_NAME : SCHEME_OK;
}

/* Read `name : patterns`, writing cells, size of the name, name. */
static SchemeStatus
ReadRule(Cursor *in, uint8_t *out, size_t *out_size, bool *otherwise, SchemeError *error)
{
	uint8_t *name = out + sizeof(CellSet) + 1;
	size_t name_size, patterns_at, patterns_size;
	bool quoted;
	CellSet cells;
	SchemeStatus status = ReadName(in, name, &name_size, &quoted);

	if (status != SCHEME_OK)
		return status;
	if (in->at == in->size || in->text[in->at] != ':')
		return SCHEME_NO_COLON;
	in->at++;
	*otherwise = !quoted && IsElse((const char *) name, name_size);
	if (*otherwise)
	{
		status = ReadName(in, name, &name_size, &quoted);
		if (status != SCHEME_OK)
			return status;
		cells = (CellSet){{0, 0}};
	}
	else
	{
		SkipSpace(in);
		patterns_at = in->at;
		while (in->at < in->size && in->text[in->at] != ';')
			in->at++;
		patterns_size = in->at - patterns_at;
		error->pattern = CellSetParse(in->text + patterns_at, patterns_size, &cells, &error->at);
		if (error->pattern != PATTERN_OK)
		{
			in->at = patterns_at + error->at;
			return SCHEME_BAD_PATTERN;
		}
		if (CellSetIsEmpty(cells))
		{
			in->at = patterns_at;
			return SCHEME_NO_PATTERN;
		}
	}
	memcpy(out, &cells, sizeof(cells));
	out[sizeof(cells)] = (uint8_t) name_size;
	*out_size = sizeof(cells) + 1 + name_size;
	return SCHEME_OK;
}

/* Tell whether one of the rules written so far has this name. */
static bool
NameIsTaken(const uint8_t *rules, size_t size, int count, const uint8_t *name, size_t name_size)
{
	SchemeReader reader = {rules, rules + size, count, {NULL, 0}};
	SchemeRule rule;

	while (SchemeNext(&reader, &rule))
		if (rule.name.size == name_size && memcmp(rule.name.text, name, name_size) == 0)
			return true;
	return false;
}

/*
 * Read a scheme's text. out has SCHEME_SIZE_BOUND(size) bytes. On failure error->at is the offset
 * of the fault.
 */
SchemeStatus
SchemeParse(const char *text, size_t size, uint8_t *out, size_t *out_size, SchemeError *error)
{
	Cursor in = {text, size, 0};
	uint8_t otherwise[SCHEME_MAX_NAME];
	size_t otherwise_size = 0, used = 0;
	uint8_t *rules = out + 3; /* the else-name is put before them at the end */
	int count = 0;

	*error = (SchemeError){0, PATTERN_OK};
	if (size > SCHEME_TEXT_LIMIT)
		return SCHEME_TEXT_TOO_LONG;
	while (in.size > 0 && IsSpace(in.text[in.size - 1]))
		in.size--;
	SkipSpace(&in);
	if (in.at == in.size)
		return SCHEME_EMPTY;
	if (memchr(in.text + in.at, ':', in.size - in.at) == NULL &&
		memchr(in.text + in.at, ';', in.size - in.at) == NULL)
	{
		const char *preset = SchemePreset(in.text + in.at, in.size - in.at);

		if (preset == NULL)
		{
			error->at = in.at;
			return SCHEME_UNKNOWN_PRESET;
		}
		in = (Cursor){preset, strlen(preset), 0};
	}

	while (in.at < in.size)
	{
		uint8_t rule[sizeof(CellSet) + 1 + SCHEME_MAX_NAME];
		size_t rule_size, start = in.at;
		bool is_else;
		SchemeStatus status = ReadRule(&in, rule, &rule_size, &is_else, error);

		error->at = in.at;
		if (status != SCHEME_OK)
			return status;
		error->at = start;
		if (otherwise_size > 0)
			return SCHEME_ELSE_NOT_LAST;
		if (NameIsTaken(rules, used, count, rule + sizeof(CellSet) + 1, rule[sizeof(CellSet)]))
			return SCHEME_NAME_TWICE;
		if (is_else)
		{
			otherwise_size = rule[sizeof(CellSet)];
			memcpy(otherwise, rule + sizeof(CellSet) + 1, otherwise_size);
		}
		else
		{
			if (count == SCHEME_MAX_RULES)
				return SCHEME_TOO_MANY_RULES;
			memcpy(rules + used, rule, rule_size);
			used += rule_size;
			count++;
		}
		SkipSpace(&in);
		if (in.at < in.size)
		{
			if (in.text[in.at] != ';')
			{
				error->at = in.at;
				return SCHEME_BAD_NAME; /* text behind a quoted else-name */
			}
			in.at++;
			SkipSpace(&in);
		}
	}
	if (count == 0)
		return SCHEME_EMPTY;

	out[0] = SCHEME_VERSION;
	out[1] = (uint8_t) count;
	out[2] = (uint8_t) otherwise_size;
	memmove(rules + otherwise_size, rules, used);
	memcpy(rules, otherwise, otherwise_size);
	*out_size = 3 + otherwise_size + used;
	return SCHEME_OK;
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

	if (reader->left == 0 || left < head || left - head < reader->at[head - 1])
		return false;
	memcpy(&rule->cells, reader->at, sizeof(CellSet));
	rule->name = (SchemeName){(const char *) reader->at + head, reader->at[head - 1]};
	reader->at += head + rule->name.size;
	reader->left--;
	return true;
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
	return (size_t) (out - start);
}
