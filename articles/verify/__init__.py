"""Whether an archive keeps the promises that live data can show, and digests of what it holds.

The rest of the program takes `findings`, `digests` and the types of their results from here.
"""

from articles.verify.checks import CHECKS as CHECKS
from articles.verify.checks import INDEX_CHECKS as INDEX_CHECKS
from articles.verify.digests import digests as digests
from articles.verify.faults import Check as Check
from articles.verify.faults import Fault as Fault
from articles.verify.faults import Finding as Finding
from articles.verify.run import findings as findings
