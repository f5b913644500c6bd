# -*- coding: utf-8 -*-
"""Start the archive or its tests: python3 -m healthnews [PAGES ...] | test [ARGS ...].

Every Python from 2.7 on can compile this file, so that an old Python can say in a sentence that it is too old.
"""

import sys

if __name__ == "__main__":
    if sys.version_info < (3, 11):
        sentence = u"健康报档案需要 Python 3.11 或更新的版本，这里是 %d.%d：请安装新版本，用它运行 -m healthnews。\n"
        # The sentence is written as bytes, because an old Python's standard error may be unable to encode Chinese.
        getattr(sys.stderr, "buffer", sys.stderr).write((sentence % sys.version_info[:2]).encode("utf-8"))
        sys.exit(1)

    sys.dont_write_bytecode = True  # otherwise the launcher's bytecode would lie beside its source
    from healthnews.launcher import main

    sys.exit(main(sys.argv[1:]))
