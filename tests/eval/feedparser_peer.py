#!/usr/bin/env python3
"""What Python feedparser makes of the files of a manifest, in the form that the scorer of the data reads.

usage: feedparser_peer.py MANIFEST.jsonl > PRED.jsonl       (lines {file, headers}, in the folder of the data)
"""
import json
import sys
import time

import feedparser


def moment(value):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", value) if value else None


def element(found):
    detail = found.get("author_detail") or {}
    fields = {name: found.get(name) for name in ("title", "link", "id", "author", "subtitle", "rights", "language",
                                                 "generator", "ttl", "summary", "comments")}
    fields["author_name"], fields["author_email"] = detail.get("name"), detail.get("email")
    for name in ("updated", "published", "created"):
        fields[name] = moment(found.get(name + "_parsed")) if found.get(name + "_parsed") else None
    # A feed may have an element of its own named content, which stands where the list would.
    contents = found.get("content")
    fields["content"] = contents[0].get("value") if isinstance(contents, list) and contents else None
    fields["categories"] = [tag.get("term") for tag in found.get("tags") or []]
    fields["enclosures"] = [{"url": each.get("href"), "type": each.get("type"), "length": each.get("length")}
                            for each in found.get("enclosures") or []]
    return fields


for line in open(sys.argv[1], encoding="utf-8"):
    row = json.loads(line)
    with open(row["file"], "rb") as file:
        read = feedparser.parse(file.read(), response_headers=row.get("headers") or {})
    print(json.dumps({
        "file": row["file"],
        "feed": element(read.feed),
        "entries": [element(entry) for entry in read.entries],
        "repairs": [],
        "losses": [],
        "error": None,
    }))
