# Sites.pm: where C and SQL can be made wrong, and how.
#
# A site is one place of a text. It holds one or more variants: a class of fault and the span of the text that
# another text takes the place of. Only faults that a person could make and a test could notice: no comment, no
# text of a message, no cost, no preprocessor line, no Assert, no size of an array.
package Sites;

use strict;
use warnings;
use Exporter 'import';

our @EXPORT_OK = qw(find_sites lines_of_code);

# Sites of a file, in order: { at, line, variants => [ { class, from, length, to } ] }.
sub find_sites
{
	my ($path, $text) = @_;
	return $path =~ /\.[ch]$/ ? c_sites($text) : sql_sites($text);
}

# Lines that hold more than comments; in SQL the COMMENT statements are comments, too.
sub lines_of_code
{
	my ($path, $text) = @_;
	my @tokens = $path =~ /\.[ch]$/ ? c_tokens($text) : grep { !$_->{comment} } sql_tokens($text);
	my %line;
	$line{ $_->{line} } = 1 foreach @tokens;
	return scalar keys %line;
}

# ---------------------------------------------------------------- tokens

# Split a text by a list of [kind, pattern without groups]; what has no kind is left out. Tokens know their depth of
# brackets and the index of the bracket that belongs to theirs.
sub tokens
{
	my ($text, @patterns) = @_;
	my $any  = join '|', map { "($_->[1])" } @patterns;
	my $next = qr/\G(?:$any)/;
	my $line = 1;
	my (@tokens, @open);

	while ($text =~ /$next/gc)
	{
		my ($kind, $at) = ($patterns[ $#- - 1 ][0], $-[0]);
		my $word = substr $text, $at, $+[0] - $at;
		if ($kind)
		{
			my $token = { kind => $kind, text => $word, at => $at, line => $line, depth => scalar @open };
			if ($word =~ /^[(\[{]$/)
			{
				push @open, scalar @tokens;
			}
			elsif ($word =~ /^[)\]}]$/ && @open)
			{
				$token->{partner} = pop @open;
				$token->{depth}   = @open;
				$tokens[ $token->{partner} ]{partner} = @tokens;
			}
			push @tokens, $token;
		}
		$line += $word =~ tr/\n//;
	}
	my $at = pos($text) // 0;
	die "line $line: no token begins here: " . substr($text, $at, 20) if $at < length $text;
	return @tokens;
}

# A place of a list of tokens, with the spans of text that its variants need.
package Sites::Finder;

sub new
{
	my ($class, $text, @tokens) = @_;
	return bless { text => $text, tokens => \@tokens, sites => {} }, $class;
}

# A variant at a token: another text from the token `first` to the token `last`.
sub add
{
	my ($self, $i, $fault, $first, $last, $to) = @_;
	my $tokens = $self->{tokens};
	my $from   = $tokens->[$first]{at};
	my $site   = $self->{sites}{$i} //= { at => $tokens->[$i]{at}, line => $tokens->[$i]{line}, variants => [] };

	push @{ $site->{variants} }, { class => $fault, from => $from, length => $self->end($last) - $from, to => $to };
}

# The same, if only the token itself changes.
sub swap { my ($self, $i, $fault, $to) = @_; $self->add($i, $fault, $i, $i, $to); }

sub end { my ($self, $i) = @_; my $token = $self->{tokens}[$i]; return $token->{at} + length $token->{text}; }

# The text from one token to another.
sub span
{
	my ($self, $first, $last) = @_;
	my $from = $self->{tokens}[$first]{at};
	return substr $self->{text}, $from, $self->end($last) - $from;
}

sub word { my ($self, $i) = @_; return $i >= 0 && $i < @{ $self->{tokens} } ? $self->{tokens}[$i]{text} : ''; }

# Are there blanks at both sides, as the layout puts them around a binary operator?
sub apart
{
	my ($self, $i) = @_;
	my $token = $self->{tokens}[$i];
	return $i > 0 && $i < $#{ $self->{tokens} } && substr($self->{text}, $token->{at} - 1, 1) =~ /\s/
		&& substr($self->{text}, $self->end($i), 1) =~ /\s/;
}

# The clause that ends before, or begins after, a token: up to a token of the pattern at the same depth. The index of its
# first or last token; nothing where there is no clause.
sub before { my ($self, $i, $stop) = @_; return $self->clause($i, -1, $stop); }
sub after  { my ($self, $i, $stop) = @_; return $self->clause($i, 1,  $stop); }

sub clause
{
	my ($self, $start, $step, $stop) = @_;
	my $tokens = $self->{tokens};
	my $found;

	for (my $i = $start + $step; $i >= 0 && $i < @$tokens; $i += $step)
	{
		last if $tokens->[$i]{depth} < $tokens->[$start]{depth};
		last if $tokens->[$i]{depth} == $tokens->[$start]{depth} && $tokens->[$i]{text} =~ $stop;
		$found = $i;
	}
	return $found;
}

# A number and its neighbours. Long fractions are constants of nature: no fault is off by one there.
sub number
{
	my ($self, $i) = @_;
	my $word = $self->word($i);

	if ($word =~ /^(\d+)(\.\d{0,2})?([uUlL]*)$/ && length $1 < 16)
	{
		my ($whole, $rest) = ($1, ($2 // '') . $3);
		$self->swap($i, 'off by one', ($whole + 1) . $rest);
		$self->swap($i, 'off by one', ($whole - 1) . $rest) if $whole > 0;
	}
	elsif ($word =~ /^0x([0-9a-fA-F]{1,8})([uUlL]*)$/)
	{
		$self->swap($i, 'off by one', sprintf('0x%x%s', hex($1) + 1, $2));
		$self->swap($i, 'off by one', sprintf('0x%x%s', hex($1) - 1, $2)) if hex($1) > 0;
	}
}

sub sites { my ($self) = @_; return map { $self->{sites}{$_} } sort { $a <=> $b } keys %{ $self->{sites} }; }

package Sites;

# ---------------------------------------------------------------- C

sub c_tokens
{
	my ($text) = @_;
	return tokens(
		$text,
		[ '',       qr{\s+} ],
		[ '',       qr{/\*.*?\*/}s ],
		[ '',       qr{//[^\n]*} ],
		[ '',       qr{\#(?:\\\n|/\*.*?\*/|[^\n])*}s ],
		[ 'string', qr{"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'}s ],
		[ 'number', qr{\.?\d(?:[eEpP][+-]|[\w.])*} ],
		[ 'name',   qr{[A-Za-z_]\w*} ],
		[ 'sign',   qr{->|\+\+|--|<<=|>>=|<<|>>|[<>=!+*/%&|^-]=|&&|\|\||\.\.\.|[^\w\s]} ]);
}

my %c_bound  = ('<' => '<=', '<=' => '<', '>' => '>=', '>=' => '>');
my %c_equal  = ('==' => '!=', '!=' => '==');
my %c_sign   = ('+' => '-', '-' => '+', '+=' => '-=', '-=' => '+=', '++' => '--', '--' => '++');
my %c_factor = ('*' => '/', '/' => '*', '*=' => '/=', '/=' => '*=', '%' => '/');
my %c_bits   = ('<<' => '>>', '>>' => '<<', '&' => '|', '|' => '&', '&=' => '|=', '|=' => '&=', '<<=' => '>>=', '>>=' => '<<=');

# Calls in which nothing is changed: what they hold never happens, or is no code.
my %c_unseen = map { $_ => 1 } qw(Assert CRM_ASSERT AssertMacro StaticAssertDecl StaticAssertStmt _Static_assert elog __attribute__ PG_FUNCTION_INFO_V1);

sub c_sites
{
	my ($text) = @_;
	my @tokens = c_tokens($text);
	my $find   = Sites::Finder->new($text, @tokens);
	my $clause = qr/^(?:[,;?:{}=]|[-+*\/%&|^]=|&&|\|\||return)$/;
	my $whole  = qr/^(?:[,;?:{}=]|[-+*\/%&|^]=|return)$/;
	my %unseen;
	my %step;

	foreach my $i (0 .. $#tokens)
	{
		my $word = $tokens[$i]{text};
		my $hide = sub { my ($from, $to) = @_; $unseen{$_} = 1 foreach $from .. $to; };

		$hide->($i, $tokens[ $i + 1 ]{partner}) if $c_unseen{$word} && $find->word($i + 1) eq '(';
		# What a function returns beside an error or a NULL is not looked at.
		$hide->($i, $i + 3) if $find->span($i, $i + 3 > $#tokens ? $#tokens : $i + 3) eq '(Datum) 0';
		# The size of an array: too large is no fault, too small one that only a sanitizer sees.
		$hide->($i, $tokens[$i]{partner})
			if $word eq '[' && $find->word($i - 1) =~ /^\w+$/ && ($find->word($i - 2) =~ /^(?!(?:return|case|else|do)$)[A-Za-z_]\w*$/ || ($find->word($i - 2) eq '*' && !$find->apart($i - 2)));
		# The step of a loop: the other direction never ends, which tells nothing about the tests.
		if ($word eq 'for' && $find->word($i + 1) eq '(')
		{
			my $end = $tokens[ $i + 1 ]{partner};
			my ($last) = grep { $tokens[$_]{text} eq ';' && $tokens[$_]{depth} == $tokens[$end]{depth} + 1 } reverse $i .. $end;
			$step{$_} = 1 foreach $last .. $end;
		}
	}

	foreach my $i (0 .. $#tokens)
	{
		my ($kind, $word) = @{ $tokens[$i] }{qw(kind text)};
		my ($before, $after) = ($find->word($i - 1), $find->word($i + 1));
		my $null = "$before $after" =~ /\bNULL\b/ ? 'NULL check' : 'condition';

		next if $unseen{$i} || $kind eq 'string';
		if ($kind eq 'number')
		{
			$find->number($i);
		}
		elsif ($word eq 'PG_ARGISNULL')
		{
			$find->add($i, 'NULL check', $i, $tokens[ $i + 1 ]{partner}, 'false');
		}
		elsif ($word eq 'if' && $after eq '(')
		{
			my $end = $tokens[ $i + 1 ]{partner};
			$find->add($i, 'condition', $i + 1, $end, '(!' . $find->span($i + 1, $end) . ')');
		}
		elsif ($word =~ /^(?:true|false)$/)
		{
			$find->swap($i, 'condition', $word eq 'true' ? 'false' : 'true');
		}
		elsif ($kind ne 'sign')
		{
			next;
		}
		elsif ($word eq '&&' || $word eq '||')
		{
			my ($left, $right) = ($find->before($i, $clause), $find->after($i, $clause));
			my $about = sub { $_[0] =~ /\bNULL\b|\bPG_ARGISNULL\b|isnull/i ? 'NULL check' : 'condition' };

			$find->swap($i, 'condition', $word eq '&&' ? '||' : '&&');
			$find->add($i, $about->($find->span($left, $i)),  $left, $right, $find->span($i + 1, $right)) if defined $left && defined $right;
			$find->add($i, $about->($find->span($i, $right)), $left, $right, $find->span($left, $i - 1)) if defined $left && defined $right;
		}
		elsif ($word eq '?')
		{
			my $left = $find->before($i, $whole);
			$find->add($i, 'condition', $left, $i - 1, '!(' . $find->span($left, $i - 1) . ')') if defined $left;
		}
		elsif ($word eq '!')
		{
			$find->swap($i, 'condition', '');
		}
		elsif ($c_equal{$word})
		{
			$find->swap($i, $null, $c_equal{$word});
		}
		elsif ($c_bound{$word})
		{
			$find->swap($i, 'bound', $c_bound{$word});
		}
		elsif ($word =~ /^(?:\+\+|--|[-+]=)$/)
		{
			$find->swap($i, 'sign', $c_sign{$word}) unless $step{$i};
		}
		elsif ($find->apart($i) || $word =~ /^.+=$/)
		{
			# Without blanks, or outside of functions, these are pointers and addresses.
			$find->swap($i, 'sign',   $c_sign{$word})   if $c_sign{$word};
			$find->swap($i, 'factor', $c_factor{$word}) if $c_factor{$word} && !$step{$i} && $tokens[$i]{depth} > 0;
			$find->swap($i, 'bits',   $c_bits{$word})   if $c_bits{$word}   && !$step{$i};
		}
		elsif ($word eq '-' && $before !~ /^[\w.]+$|^[)\]]$/)
		{
			$find->swap($i, 'sign', '');
		}
		elsif ($word eq '-' && $before =~ /^(?:return|case)$|^\)$/)
		{
			$find->swap($i, 'sign', '');
		}
	}
	return $find->sites;
}

# ---------------------------------------------------------------- SQL

# The bodies of functions between dollar signs are code: their marks are left out. So are those of messages.
sub sql_tokens
{
	my ($text) = @_;
	my @tokens = tokens(
		$text,
		[ '',       qr{\s+} ],
		[ '',       qr{--[^\n]*} ],
		[ '',       qr{/\*.*?\*/}s ],
		[ '',       qr{^\#[^\n]*}m ],
		[ 'body',   qr{\$\w*\$} ],
		[ 'string', qr{[eE]?'(?:[^'\\]|\\.|'')*'|"[^"]*"}s ],
		[ 'number', qr{\d+(?:\.\d*)?(?:[eE][+-]?\d+)?} ],
		[ 'name',   qr{[A-Za-z_]\w*|\$\d+} ],
		[ 'sign',   qr{::|:=|\.\.|[-+*/<>=~!@\#%^&|`?]+|[^\w\s]} ]);

	# The statement of each: its first word, and for CREATE also the kind of thing.
	my ($body, $start) = (0, 0);
	foreach my $i (0 .. $#tokens)
	{
		$body = !$body if $tokens[$i]{kind} eq 'body';
		next unless $i == $#tokens || ($tokens[$i]{text} eq ';' && !$body);
		my @words = map { uc $_->{text} } @tokens[ $start .. ($start + 3 < $i ? $start + 3 : $i) ];
		my $what  = $words[0] eq 'CREATE' ? join ' ', grep { !/^(?:OR|REPLACE|TEMP|UNLOGGED)$/ } @words[ 0 .. $#words ] : $words[0];
		foreach my $token (@tokens[ $start .. $i ])
		{
			@$token{qw(first last what comment)} = ($start, $i, $what, $words[0] eq 'COMMENT');
		}
		$start = $i + 1;
	}
	return @tokens;
}

my %sql_bound = ('<' => '<=', '<=' => '<', '>' => '>=', '>=' => '>');
my %sql_equal = ('=' => '<>', '<>' => '=', '!=' => '=');
my %sql_function = (lt => 'le', le => 'lt', gt => 'ge', ge => 'gt', eq => 'ne', ne => 'eq');

# Numbers after these say how much room or time something takes, not what it is.
my %sql_unseen = map { $_ => 1 } qw(COST ROWS SSPACE INTERNALLENGTH ALIGNMENT FILLFACTOR);

sub sql_sites
{
	my ($text) = @_;
	my @tokens = sql_tokens($text);
	my $find   = Sites::Finder->new($text, @tokens);
	my $clause = qr/^(?:[,;]|:=|AND|OR|WHERE|ON|WHEN|THEN|IF|ELSIF|ELSE|END|LOOP|SELECT|FROM|GROUP|ORDER|HAVING|RETURN|SET|BETWEEN|LIMIT|UNION|FILTER|CHECK|WHILE|AS)$/i;
	my ($body, $between) = (0, -1);

	foreach my $i (0 .. $#tokens)
	{
		my ($kind, $text) = @{ $tokens[$i] }{qw(kind text)};
		my ($word, $before, $after) = map { uc $find->word($_) } $i, $i - 1, $i + 1;
		my $what = $tokens[$i]{what};
		my $drop = sub { my ($class, $last) = @_; $find->add($i, $class, $i, $last, ''); };

		$body    = 0 if $i == $tokens[$i]{first};
		$body    = !$body if $kind eq 'body';
		$between = $tokens[$i]{depth} if $word eq 'BETWEEN';
		next if $tokens[$i]{comment} || $kind eq 'body' || ($kind eq 'string' && $before ne ',');

		# What is not called or not asked for is not there: rights, locks, properties of objects.
		if ($word =~ /^(?:REVOKE|GRANT)$/ && $before =~ /^(?:|;|BEGIN|THEN|ELSE|LOOP)$/)
		{
			my $end = $find->after($i, qr/^;$/);
			$drop->('right', $end) if defined $end;
		}
		elsif ($word eq 'LOCK' && $after eq 'TABLE')
		{
			$drop->('lock', $find->after($i, qr/^;$/));
		}
		elsif ($word eq 'FOR' && $after =~ /^(?:UPDATE|SHARE|NO|KEY)$/)
		{
			my $last = $i + 1;
			$last++ while uc $find->word($last + 1) =~ /^(?:KEY|UPDATE|SHARE|SKIP|LOCKED|NOWAIT)$/;
			$drop->('lock', $last);
		}
		elsif ($word eq 'SKIP' && $after eq 'LOCKED')
		{
			$drop->('lock', $i + 1);
		}
		elsif ($word eq 'PERFORM' && $find->span($i, $i + 4 > $#tokens ? $#tokens : $i + 4) =~ /advisory/)
		{
			$find->add($i, 'lock', $i, $find->after($i, qr/^;$/), 'NULL');
		}
		elsif ($what =~ /^CREATE (?:FUNCTION|PROCEDURE)/ && !$body && $word eq 'STRICT')
		{
			$drop->('NULL check', $i);
		}
		elsif ($what =~ /^CREATE (?:FUNCTION|PROCEDURE)/ && !$body && $word =~ /^(?:IMMUTABLE|STABLE)$/)
		{
			# One site with PARALLEL SAFE: there are so many that they would crowd out the rest.
			$find->add($tokens[$i]{first}, 'property', $i, $i, $word eq 'STABLE' ? 'IMMUTABLE' : 'STABLE');
		}
		elsif ($what =~ /^CREATE (?:FUNCTION|PROCEDURE)/ && !$body && $word eq 'PARALLEL' && $after eq 'SAFE')
		{
			$find->add($tokens[$i]{first}, 'property', $i, $i + 1, '');
		}
		elsif ($what =~ /^CREATE FUNCTION/ && !$body && $before eq ',' && $word =~ /^'\w+_(LT|LE|GT|GE|EQ|NE)'$/)
		{
			# The function of the library that stands behind a comparison.
			(my $other = $text) =~ s/(..)'$/$sql_function{$1}'/;
			$find->swap($i, $word =~ /_(?:EQ|NE)'$/ ? 'condition' : 'bound', $other);
		}
		elsif ($what =~ /^CREATE (?:FUNCTION|PROCEDURE)/ && !$body && $word eq 'SECURITY' && $after eq 'DEFINER')
		{
			$drop->('right', $i + 1);
		}
		elsif ($what =~ /^CREATE (?:FUNCTION|PROCEDURE)/ && !$body && $word eq 'SET' && $after eq 'SEARCH_PATH')
		{
			$drop->('right', $find->after($i, qr/^(?:AS|LANGUAGE|BEGIN|RETURN|SET|;)$/));
		}
		elsif ($what =~ /^CREATE AGGREGATE/ && $before =~ /^[(,]$/ && $word =~ /^(?:COMBINEFUNC|INITCOND|SORTOP|PARALLEL|FINALFUNC_MODIFY)$/)
		{
			# With the comma before it.
			$find->add($i, 'property', $i - 1, $find->after($i, qr/^[,;]$/) // $i, '') if $before eq ',';
		}
		elsif ($what =~ /^CREATE OPERATOR/ && $what !~ /CLASS|FAMILY/ && $before eq ',' && $word =~ /^(?:COMMUTATOR|HASHES|MERGES)$/)
		{
			# Of a pair of commutators or negators, PostgreSQL makes good what one of them leaves out.
			my $last = $find->after($i, qr/^[,;]$/) // $i;
			$find->add($i, 'property', $i - 1, $last, '') if $word ne 'COMMUTATOR' || $find->span($i, $last) =~ /[. ](?:=|<>|&&)\)?$/;
		}
		elsif ($what =~ /^CREATE OPERATOR CLASS/ && $word eq 'DEFAULT')
		{
			$drop->('property', $i);
		}
		elsif ($what =~ /^CREATE CAST/ && $before eq 'AS' && $word =~ /^(?:IMPLICIT|ASSIGNMENT)$/)
		{
			$find->swap($i, 'property', $word eq 'IMPLICIT' ? 'ASSIGNMENT' : 'IMPLICIT');
			$find->add($i, 'property', $i - 1, $i, '');
		}
		elsif ($what =~ /^CREATE TYPE/ && $before =~ /^[(,]$/ && $word =~ /^(?:PREFERRED|COLLATABLE)$/)
		{
			$find->add($i, 'property', $i - 1, $find->after($i, qr/^[,;]$/) // $i, '') if $before eq ',';
		}

		# Expressions: in bodies, defaults, checks, views, queries.
		elsif ($kind eq 'string' || $what =~ /^CREATE (?:OPERATOR|TYPE|AGGREGATE|CAST)/)
		{
			next;
		}
		elsif ($kind eq 'number')
		{
			$find->number($i) unless $sql_unseen{$before} || ($before eq '(' && uc $find->word($i - 2) =~ /^(?:NUMERIC|VARCHAR|CHAR)$/);
		}
		elsif ($word =~ /^(?:TRUE|FALSE)$/)
		{
			$find->swap($i, 'condition', $word eq 'TRUE' ? 'false' : 'true');
		}
		elsif ($word eq 'IS' && ($after eq 'NULL' || ($after eq 'NOT' && uc $find->word($i + 2) eq 'NULL')))
		{
			$find->add($i, 'NULL check', $i, $after eq 'NULL' ? $i + 1 : $i + 2, $after eq 'NULL' ? 'IS NOT NULL' : 'IS NULL');
		}
		elsif ($word eq 'NOT' && $before ne 'IS' && $after ne 'NULL')
		{
			$find->swap($i, 'condition', '');
		}
		elsif ($word eq 'AND' && $between == $tokens[$i]{depth})
		{
			$between = -1;
		}
		elsif ($word eq 'AND' || $word eq 'OR')
		{
			next if $word eq 'OR' && $before eq 'CREATE';
			my ($left, $right) = ($find->before($i, $clause), $find->after($i, $clause));
			my $about = sub { $_[0] =~ /\bNULL\b/i ? 'NULL check' : 'condition' };

			$find->swap($i, 'condition', $word eq 'AND' ? 'OR' : 'AND');
			next unless defined $left && defined $right;
			$find->add($i, $about->($find->span($left, $i)),  $left, $right, $find->span($i + 1, $right));
			$find->add($i, $about->($find->span($i, $right)), $left, $right, $find->span($left, $i - 1));
		}
		elsif ($word =~ /^(?:IF|ELSIF)$/ && $body)
		{
			my $end = $find->after($i, qr/^THEN$/i);
			$find->add($i, 'condition', $i + 1, $end, 'NOT (' . $find->span($i + 1, $end) . ')') if defined $end && $before ne 'END' && uc $find->word($end + 1) eq 'THEN';
		}
		elsif ($kind eq 'sign' && $find->apart($i))
		{
			$find->swap($i, 'bound',     $sql_bound{$word}) if $sql_bound{$word};
			$find->swap($i, 'condition', $sql_equal{$word}) if $sql_equal{$word} && $what !~ /^CREATE FUNCTION/ || $sql_equal{$word} && $body;
			$find->swap($i, 'sign',      $word eq '+' ? '-' : '+') if $word =~ /^[-+]$/;
			$find->swap($i, 'factor',    $word eq '*' ? '/' : '*') if $word =~ /^[*\/]$/ && $before ne 'SELECT';
		}
		elsif ($word eq '-' && $after =~ /^\d/ && $before !~ /^[\w.)\]]+$/)
		{
			$find->swap($i, 'sign', '');
		}
	}
	return $find->sites;
}

1;
