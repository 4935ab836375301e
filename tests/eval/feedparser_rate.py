#!/usr/bin/env python3
"""How many of the files named on standard input feedparser reads in a second of CPU time.

usage: feedparser_rate.py < FILES
"""
import sys
import time

import feedparser

documents = [open(name.rstrip("\n"), "rb").read() for name in sys.stdin]
started = time.process_time()
for document in documents:
    feedparser.parse(document)
print(len(documents) / (time.process_time() - started))
