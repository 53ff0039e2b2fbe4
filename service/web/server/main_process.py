"""The end of the main process: its worker processes end with it, also after a SIGKILL.

Without this, they would serve on, while nobody announces changes, and would hold the port of the next start.
"""

import logging
import multiprocessing
import os
import signal
import threading
import time

log = logging.getLogger(__name__)


def end_with_main_process(patience: float) -> None:
    """End this worker process when the main process has ended. Running requests get `patience` seconds to finish."""
    main = multiprocessing.parent_process()
    if main is None:
        return

    def wait() -> None:
        main.join()
        log.warning("the main process has ended without its worker processes; this one ends, too")
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(patience)
        os._exit(1)

    threading.Thread(target=wait, name="main-process", daemon=True).start()
