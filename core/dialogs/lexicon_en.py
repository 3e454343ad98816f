"""English phrases by which short messages are understood; one a line, ``*`` ends a stem."""

from __future__ import annotations

from typing import Final

GRATITUDE: Final = """
thanks
thank you
thank u
thankyou
thx
tnx
ty
tysm
tks
cheers
many thanks
thanks a lot
thanks again
thank you again
once again thank you
much appreciated
appreciated
appreciate it
i appreciate it
we appreciate it
grateful
ok
okay
okey
k
kk
okie
great
perfect
awesome
excellent
brilliant
wonderful
amazing
fantastic
lovely
nice
super
cool
good
fine
alright
all right
all clear
clear
got it
got you
gotcha
understood
noted
i see
i understand
makes sense
sounds good
sounds great
will do
agreed
deal
received
no thanks
no thank you
no problem
no worries
no questions
no more questions
no further questions
you too
same to you
welcome
you're welcome
have a nice day
have a good day
have a great day
have a nice weekend
have a good weekend
have a great weekend
have a good evening
have a nice evening
good night
bye
goodbye
see you
take care
you are the best
you're the best
you rock
legend
"""

FILLERS: Final = """
you
so
so much
very
very much
really
all
everyone
guys
team
yes
yep
yeah
then
now
oh
well
again
and
it
that
that is
that's
it is
it's
this is
hi
hello
dear
indeed
sir
madam
kind regards
best regards
regards
we are
we're
i am
i'm
"""

FOR: Final = """
for
"""

REASONS: Final = """
the
your
all
everything
that
this
it
help
helping
me
us
reply
response
answer
replying
answering
quick
fast
prompt
swift
great
kind
support
assistance
info
information
update
patience
time
explanation
clarification
effort
work
service
and
so
very
much
"""

CONFIRMATIONS: Final = """
solved
it's solved
issue solved
problem solved
resolved
it's resolved
fixed
it's fixed
that works
it works
it works now
works now
works
working now
it is working
it's working
that worked
that helped
this helped
that did it
all good
all good now
all set
all sorted
sorted
everything is fine
everything works
everything is ok
everything is okay
received everything
got everything
we got everything
you can close
please close
confirmed
i confirm
we confirm
"""

PROMISES: Final = """
i'll check
i will check
we'll check
we will check
let me check
let me look
let me see
let me find out
let me clarify
let me ask
i'll look into
i will look into
we'll look into
we will look into
i'll find out
i will find out
we'll find out
i'll ask
i will ask
i'll clarify
i will clarify
i'll get back
i will get back
we'll get back
we will get back
get back to you
i'll let you know
i will let you know
we'll let you know
we will let you know
i'll send
i will send
we'll send
we will send
i'll update you
i will update you
i'll reply
i will reply
i'll call you
i will call you
i'll prepare
i will prepare
i'll forward
i will forward
by the end of the day
by end of day
by tomorrow
one moment
just a moment
give me a minute
bear with me
"""

QUESTION_WORDS: Final = """
when
how
where
why
which
who
whose
what
can you
could you
would you
will you
do you
does it
is it
is there
are there
"""

TURNS: Final = """
but
however
except
although
though
only
almost
partly
partially
not yet
not quite
not fully
one more
another
still
"""

DENIALS: Final = """
not
no
never
isn't
doesn't
don't
didn't
won't
can't
cannot
"""

YES: Final = """
yes
yep
yeah
yup
sure
of course
correct
exactly
yes it does
yes it did
yes it is
yes thanks
yes thank you
"""

NO: Final = """
no
nope
nothing else
no that's all
that's all
"""

SOLVED_QUESTIONS: Final = """
solve*
resolve*
help*
work*
fix*
all good
everything ok
everything okay
close
settled
"""

MORE_QUESTIONS: Final = """
anything else
any other questions
any more questions
any questions
something else
"""
