"""What a new course begins as: two sessions, and every key there is, most of them put aside."""

from __future__ import annotations

import json

from generator.drafts.beginnings import titled

_COURSE = """#:schema ./course.schema.json
# A course: sessions in their order, and what holds for all of them. A line that begins with #
# is put aside: take the # away and the key counts.

title = {title}
summary = "What these sessions are for, in one or two sentences."
language = "en"

# author = "Who made this course"
# description = "More than the summary says. Between three quotes it may have paragraphs."

# How it looks: a colour of its own, and a picture in this folder or under it.
# colour = "#2b4a5e"
# cover = "cover.jpg"
# font = "fonts/noto.ttf"        # for words on a drawn cover that Latin, Greek and Cyrillic lack

# How it sounds. Left out, each script has its own bed and bells, and the voice is the usual one.
# voice = "joe"
# fallback = "joe"               # speaks when an online voice fails, or what nobody recorded
# bed = "rain+drone"
# bells = "start,end"            # or with 5m: every five minutes
# profile = "personal"           # podcast, library or sleep

# The editions: each session is made once at each of these lengths.
lengths = ["natural"]            # or ["natural", "15m", "20m"]

# Whom a listener can turn to. It stands in the description of every track.
# support = "If you need someone to talk to: your doctor, or a crisis line near you."

# Answers that are the same for everybody who hears the course, by the names of the scripts'
# fields. They are no secret, and make no track personal. Whom the course is for answers the rest.
# [details]
# gentle = true
# care_object = "the river"

# What a podcast needs beside all this. A course without it is built all the same.
# [feed]
# site = "https://example.org/kind"
# address = "https://example.org/kind/audio"     # the folder in which feed and tracks will lie
# category = "Health & Fitness"
# subcategory = "Mental Health"
# owner = "Who answers for it"
# email = "mail@example.org"                     # anybody can read it there
# copyright = "Who holds it"

# The sessions, in their order: a talk if there is one, and then the practice.
# 'meditate scripts' says which there are.
[[sessions]]
title = "A warm place to begin"
talk = "talks/care-circuit"
practice = "care-circuit"

[[sessions]]
title = "Four small wishes"
summary = "For oneself, and for somebody else."
talk = "talks/wishes"
practice = "wishes"
"""


def beginning_of_course(slug: str, title: str | None) -> str:
    """The text of a new course. Raises UsageError for a title that will not do."""
    return _COURSE.format(title=json.dumps(titled(slug, title), ensure_ascii=False))
