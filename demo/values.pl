# values.pl: amounts and dates as people write them, for read_csv.pl. All text here is decoded.
#
# One cell does not say what it means: 1.036 is a thousand and something or one and something, 03/04/2024 is
# in March or in April. So these functions read a cell under a given convention, or give all its readings;
# read_csv.pl looks at the whole column and decides.
use strict;
use warnings;

my $LONGEST = 100;    # characters; no amount and no date is longer

# ---------------------------------------------------------------- text

# Blanks of all kinds become one plain blank; none at the ends.
sub plain
{
	my ($text) = @_;
	$text =~ s/[\s\x{a0}\x{2000}-\x{200b}\x{202f}\x{205f}\x{3000}\x{feff}]+/ /g;
	$text =~ s/^ | \z//g;
	return $text;
}

# ---------------------------------------------------------------- amounts

# What may stand before or after an amount: a sign with or without letters (US$), a code of ISO 4217, or a word.
my @CODES = split ' ', <<'LIST';
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLF CLP CNY
COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS
INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU
MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK
SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD
XOF XPF YER ZAR ZMW ZWL DEM FRF ITL ESP NLG ATS
LIST
my %MEANT = (
	"\x{20ac}" => 'EUR', EURO => 'EUR', EUROS => 'EUR', "\x{a3}" => 'GBP', 'US$' => 'USD', 'R$' => 'BRL',
	'A$' => 'AUD', 'AU$' => 'AUD', 'C$' => 'CAD', 'CA$' => 'CAD', 'NZ$' => 'NZD', 'HK$' => 'HKD', 'NT$' => 'TWD', 'MX$' => 'MXN',
	"Z\x{141}" => 'PLN', ZL => 'PLN', "K\x{10c}" => 'CZK', KC => 'CZK', FT => 'HUF', LEI => 'RON', KN => 'HRK',
	"\x{20b9}" => 'INR', RS => 'INR', "\x{20bd}" => 'RUB', "\x{420}\x{423}\x{411}" => 'RUB', "\x{20b4}" => 'UAH', "\x{413}\x{420}\x{41d}" => 'UAH',
	"\x{41b}\x{412}" => 'BGN', FR => 'CHF', SFR => 'CHF', "\x{20ba}" => 'TRY', TL => 'TRY', RM => 'MYR', RP => 'IDR', R => 'ZAR',
	"\x{20aa}" => 'ILS', "\x{20a9}" => 'KRW', "\x{20ab}" => 'VND', "\x{e3f}" => 'THB', "\x{5186}" => 'JPY', "\x{5143}" => 'CNY',
	"\x{420}" => 'RUB', 'S/' => 'PEN', BS => 'Bs', DIN => 'RSD', KR => 'kr');
my $WORDS = join '|', map { quotemeta } sort { length $b <=> length $a } @CODES, grep { !/\p{Sc}/ } keys %MEANT;
my $CURRENCY = qr/(?<!\p{L})[A-Z]{0,3}\p{Sc}|(?<!\p{L})(?:$WORDS)(?!\p{L})\.?/i;

# Take an amount apart: sign, digits with their marks, currency (empty if none is named). Nothing if it is no amount.
sub amount_parts
{
	my ($text) = @_;
	return ('', $text, '') if $text =~ /^\d+(?:[.,]\d+)?\z/;
	return if length $text > $LONGEST;
	$text = plain($text);
	$text =~ tr/\x{2212}\x{2013}\x{2014}\x{2010}\x{2011}\x{fe63}\x{ff0d}/-/;
	$text =~ tr/\x{2019}\x{2018}\x{2bc}/'/;
	$text =~ s/^'(?=\S)//;    # a spreadsheet's mark of text
	# 12,- and 12.-- are round sums, not negative ones.
	$text =~ s/(?<=\d)[.,]-+(?=\D*\z)//;
	my %named;
	1 while $text =~ s/^([-+( ]*)($CURRENCY) ?/$named{$2} = 1; $1/e;
	1 while $text =~ s/ ?($CURRENCY)([-+) ]*)\z/$named{$1} = 1; $2/e;
	my %currency = map { my $c = uc s/\.\z//r; ($MEANT{$c} // $c) => 1 } keys %named;
	delete @currency{ '$', "\x{a5}", 'kr' } if grep { /^[A-Z]{3}\z/ } keys %currency;    # $12.50 CAD
	return if keys %currency > 1;
	my $negative = $text =~ s/^ ?\((.*)\) ?\z/$1/;
	my ($before, $digits, $after) = $text =~ /^ ?([-+]?) ?((?:[.,]?\d[\d.,' ]*?)(?:e[-+]?\d{1,3})?) ?([-+]?) ?\z/i or return;
	return if ($negative ne '') + ($before ne '') + ($after ne '') > 1;
	return ($negative || "$before$after" eq '-' ? '-' : '', $digits, keys %currency ? (keys %currency)[0] : '');
}

# Under each decimal mark: digits with marks; the whole part where it is parted. Thousands are parted by the
# other mark, a blank or an apostrophe, or, with a decimal point, the Indian way (1,23,456).
my %DIGITS = map { my $other = $_ eq '.' ? ',' : '.'; $_ => qr/^([\d '\Q$other\E]*)(?:\Q$_\E(\d*))?(e[-+]?\d+)?\z/i } '.', ',';
my %GROUPS = (
	'.' => qr/^(?:[1-9]\d{0,2}([ ',])\d{3}(?:\g1\d{3})*|[1-9]\d?(?:,\d\d)+,\d{3})\z/,
	',' => qr/^[1-9]\d{0,2}([ '.])\d{3}(?:\g1\d{3})*\z/);

# Read digits with marks as a number, given the decimal mark (. or ,); undefined if they are none under it.
sub number
{
	my ($digits, $mark) = @_;
	my ($whole, $fraction, $power) = $digits =~ $DIGITS{$mark} or return undef;
	$fraction //= '';
	return undef if "$whole$fraction" eq '';
	if ($whole =~ /\D/)
	{
		return undef unless $whole =~ $GROUPS{$mark};
		$whole =~ tr/0-9//cd;
	}
	return ($whole eq '' ? '0' : $whole) . ($fraction eq '' ? '' : ".$fraction") . ($power // '');
}

# The number that stands first in a text that is no amount: only to tell how much money may be at stake.
sub rough_number
{
	my ($text, $mark) = @_;
	my ($digits) = plain(substr($text, 0, $LONGEST)) =~ /(\d(?:[\d.,' ]*\d)?)/ or return undef;
	return number($digits, $mark) // number($digits, $mark eq '.' ? ',' : '.');
}

# ---------------------------------------------------------------- dates

# Months by how they begin, in English, German, French, Spanish, Italian, Portuguese and Dutch.
my @MONTHS = map { qr/^(?:$_)/i } 'jan|ene|gen', "feb|f[e\x{e9}]v", "mar|m[a\x{e4}]r|mrt|mrz|maa", 'apr|abr|avr', 'may|mai|mei|mag',
	'jun|juin|giu', 'jul|juil|lug', "aug|ago|ao[u\x{fb}]", 'sep|set', 'oct|okt|ott|out', 'nov', "dec|dez|dic|d[e\x{e9}]c";

sub month
{
	my ($name) = @_;
	my @found = grep { $name =~ $MONTHS[$_] } 0 .. 11;
	return @found == 1 ? $found[0] + 1 : undef;
}

sub full_year { my ($y) = @_; return length $y > 2 ? $y : $y < 70 ? 2000 + $y : 1900 + $y; }

# A date of three numbers whose order is open: the three, what parts them, and the time after them.
sub open_date
{
	my ($text) = @_;
	return $text =~ m{^(\d{1,2})([-/.]| )\s?(\d{1,2})\2\s?(\d{4}|\d\d)(?!\d)(.*)\z}s ? ($1, $3, $4, $2, $5) : ();
}

# The orders in which three such numbers can be a date.
sub date_orders
{
	my ($first, $second, $third) = @_;
	my $day   = sub { $_[0] >= 1 && $_[0] <= 31 };
	my $month = sub { $_[0] >= 1 && $_[0] <= 12 };
	return (
		$day->($first) && $month->($second) ? 'dmy' : (),
		$month->($first) && $day->($second) ? 'mdy' : (),
		length $first == 2 && length $third == 2 && $month->($second) && $day->($third) ? 'ymd' : ());
}

# What follows the date, as PostgreSQL reads it.
sub time_of_day
{
	my ($text) = @_;
	$text =~ s/^\s*[,;:]\s*/ /;
	$text =~ s/^(\s*)(\d{1,2})[.h](\d\d)(?:[.m](\d\d)s?)?(?!\d)/$1 . "$2:$3" . (defined $4 ? ":$4" : '')/e;
	$text =~ s/\b([ap])\.? ?m\b\.?/lc "$1m"/ie;
	# To POSIX, GMT+0100 lies west of Greenwich; to everybody else, east.
	$text =~ s/\b(?:GMT|UTC) ?(?=[-+]\d)//;
	$text =~ s/ ?\([^()]*\)\z//;
	return $text;
}

# Seconds since 1970 as a time that PostgreSQL reads.
sub unix_time
{
	my ($seconds) = @_;
	my ($s, $m, $h, $day, $month, $year) = gmtime $seconds;
	return sprintf('%04d-%02d-%02d %02d:%02d:%02d', $year + 1900, $month + 1, $day, $h, $m, $s);
}

# What a time is that is written as a bare number: seconds or milliseconds since 1970 (2001 to 2033), or a
# spreadsheet's days since 1899-12-30 (1954 to 2119). Otherwise nothing.
sub numeric_time
{
	my ($text) = @_;
	return 'seconds since 1970' if $text =~ /^1\d{9}(?:\.\d+)?\z/;
	return 'milliseconds since 1970' if $text =~ /^1\d{12}\z/;
	return 'days as a spreadsheet counts them' if $text =~ /^[2-7]\d{4}(?:[.,]\d+)?\z/;
	return undef;
}

# A date, perhaps with a time, in a form that PostgreSQL reads in one way only; undefined if the order
# (dmy, mdy, ymd) does not fit. What is not known here is left to PostgreSQL.
sub date_text
{
	my ($text, $order) = @_;
	return $text if $text =~ /^\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[-+]\d\d(?::?\d\d)?)?)?\z/;
	return undef if length $text > $LONGEST;
	$text = plain($text);
	my $kind = numeric_time($text);
	if ($kind)
	{
		return unix_time($text) . '+00' if $kind =~ /^seconds/;
		return unix_time(substr($text, 0, -3)) . '+00' if $kind =~ /^milli/;
		return unix_time(int(($text =~ tr/,/./r - 25569) * 86400 + .5));
	}
	return "$1-$2-$3 $4:$5" . (defined $6 ? ":$6" : '') if $text =~ /^((?:19|20)\d\d)(\d\d)(\d\d)T?(\d\d)(\d\d)(\d\d)?\z/;
	# The name of the day says nothing new.
	$text =~ s/^\p{L}{2,12}\.?,? // if $text =~ /^(\p{L}{2,12})/ && !month($1);
	if (my ($first, $second, $third, undef, $rest) = open_date($text))
	{
		return undef unless grep { $_ eq $order } date_orders($first, $second, $third);
		my ($y, $m, $d) = $order eq 'dmy' ? ($third, $second, $first) : $order eq 'mdy' ? ($third, $first, $second) : ($first, $second, $third);
		return sprintf('%04d-%02d-%02d', full_year($y), $m, $d) . time_of_day($rest);
	}
	my ($y, $m, $d, $rest);
	if ($text =~ m{^(\d{4})(?:[-/.]|\x{5e74}) ?(\d{1,2})(?:[-/.]|\x{6708}) ?(\d{1,2})[.\x{65e5}]?(?!\d)(.*)\z}s) { ($y, $m, $d, $rest) = ($1, $2, $3, $4); }
	elsif ($text =~ m{^(\d{1,2})(?:st|nd|rd|th|er|\.)?(?: de |[-/. ]+)(\p{L}{3,12})\.?(?: de |[-/., ]+)(\d{4}|\d\d)(?!\d)(.*)\z}si) { ($d, $m, $y, $rest) = ($1, month($2), $3, $4); }
	elsif ($text =~ m{^(\p{L}{3,12})\.?[-/ ]+(\d{1,2})(?:st|nd|rd|th)?[-/, ]+(\d{4}|\d\d)(?![\d:])(.*)\z}si) { ($m, $d, $y, $rest) = (month($1), $2, $3, $4); }
	elsif ($text =~ m{^(\p{L}{3,12}) (\d{1,2}) (\d\d:\d\d:\d\d) (\d{4})\z}) { ($m, $d, $rest, $y) = (month($1), $2, " $3", $4); }
	return $text unless defined $m;
	return sprintf('%04d-%02d-%02d', full_year($y), $m, $d) . time_of_day($rest);
}

1;
