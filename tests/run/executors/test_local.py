"""What the local executor owes its caller beyond the contract: Ctrl-C is never lost."""

import os
import signal
from multiprocessing import forkserver

import pytest

from ablate.run.executors.local import LocalExecutor
from tests.run.executors.targets import behave


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="no fork server either")
def test_ctrl_c_while_the_server_starts_is_answered_once_it_has(monkeypatch):
    started = []

    def ensure_running():
        os.kill(os.getpid(), signal.SIGINT)
        started.append(True)

    monkeypatch.setattr(forkserver, "ensure_running", ensure_running)
    answer = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            LocalExecutor(behave)
    finally:
        signal.signal(signal.SIGINT, answer)
    assert started
