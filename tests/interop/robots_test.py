# SPDX-License-Identifier: MIT
"""robots.txt beside Python's urllib.robotparser, where that does what RFC 9309 says: one group for
an agent, no wildcards, no empty rules, and no path that two rules match."""

import random
import unittest
import urllib.robotparser

from asking import ask
from support import main, program

AGENTS = ("zocalo", "figtree", "WebCrawler", "excite", "a-b_c")
PARTS = ("a", "b", "tmp", "%7Ejoe", "x.html", "with%20space", "%C3%A4", "_", "q?r=s")


def paths(chance):
    """Paths of which none begins another."""
    first = list(PARTS[:6])
    chance.shuffle(first)
    return [f"/{each}/{chance.choice(PARTS)}" for each in first]


def text_of(chance):
    lines, agents = [], list(AGENTS)
    chance.shuffle(agents)
    for _ in range(chance.randrange(3)):
        names = [agents.pop() for _ in range(chance.randint(1, 1 + len(agents) // 4))]
        lines += [f"{chance.choice(('User-agent', 'USER-AGENT'))}: {each}" for each in names]
        lines += group(chance)
    if chance.random() < 0.7:
        lines += ["User-agent: *", *group(chance)]
    if chance.random() < 0.3:
        lines.insert(0, "Sitemap: https://example.org/map.xml")
    return chance.choice(("\n", "\r\n")).join(lines) + "\n"


def group(chance):
    lines = [f"{chance.choice(('Disallow', 'Allow', 'disallow'))}:{chance.choice(('', ' '))}{path}"
             f"{chance.choice(('', ' # why', '  '))}"
             for path in paths(chance)[:chance.randint(1, 4)]]
    if chance.random() < 0.3:
        lines.append(f"Crawl-delay: {chance.randint(0, 100)}")
    if chance.random() < 0.3:
        lines.append(f"Request-rate: {chance.randint(1, 9)}/{chance.randint(1, 60)}")
    return lines + [""]


def as_python_reads(text, agent, urls):
    parser = urllib.robotparser.RobotFileParser()
    parser.parse(text.splitlines())
    rate = parser.request_rate(agent)
    delay = parser.crawl_delay(agent)
    return {"may": [parser.can_fetch(agent, each) for each in urls],
            "delay": None if delay is None else int(delay),
            "rate": None if rate is None else [rate.requests, rate.seconds],
            "maps": parser.site_maps() or []}


class robots(unittest.TestCase):
    def test_says_what_python_says(self):
        chance = random.Random(9309)
        questions = []
        for _ in range(3000):
            urls = ["http://example.org" + each for each in
                    [*paths(chance), "/", "", "/robots.txt", "/none?a=b", "/tmp", "/%7ejoe/a"]]
            agent = chance.choice(AGENTS + ("other", "FigTree/0.1 Robot libwww-perl/5.04"))
            questions.append(["robots", text_of(chance), agent, urls])
        answers = ask([program("tests/url_probe")], questions)
        seen = {True: 0, False: 0}
        for (_, text, agent, urls), answer in zip(questions, answers):
            expected = as_python_reads(text, agent, urls)
            for each in answer["may"]:
                seen[each] += 1
            self.assertEqual(answer, expected, (text, agent, urls))
        self.assertGreater(min(seen.values()), 400)


if __name__ == "__main__":
    main()
