"""Runs datasketch over documents, {text} a line: signature, query and insertion of each, as a stream that is
deduplicated. Prints documents a second and what the process holds for each, in bytes."""

import json
import sys
import time

from datasketch import MinHash, MinHashLSH


def resident():
    with open("/proc/self/status", encoding="ascii") as lines:
        for line in lines:
            if line.startswith("VmRSS"):
                return int(line.split()[1]) * 1024
    return 0


def main():
    index = MinHashLSH(threshold=0.5, num_perm=128)
    spent, found, count, before = 0.0, 0, 0, resident()
    with open(sys.argv[1], encoding="utf-8") as lines:
        for line in lines:
            text = json.loads(line)["text"]
            begin = time.perf_counter()
            words = text.lower().split()
            shingles = {" ".join(words[at : at + 5]).encode() for at in range(len(words) - 4)}
            signature = MinHash(num_perm=128)
            signature.update_batch(shingles)
            found += len(index.query(signature))
            index.insert(count, signature)
            spent += time.perf_counter() - begin
            count += 1
    print(round(count / spent), (resident() - before) // max(count, 1), found)


main()
