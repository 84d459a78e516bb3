"""`python -m digitscope` is `digitscope`."""

import sys

from digitscope.cli import main

sys.exit(main())
