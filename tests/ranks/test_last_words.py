"""What a rank says before it ends the job is read before it does."""

import os
import subprocess
import sys
import threading
import time

SPEAK = "from itt.ranks.last_words import last_words; import os; last_words('why'); os.write(1, b'said'); os._exit(1)"


def test_it_waits_until_a_slow_launcher_has_read():
    heard = []

    def read():
        time.sleep(1)  # a launcher with much else to do
        heard.append(os.read(speaker.stderr.fileno(), 100))

    command = [sys.executable, "-c", SPEAK]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as speaker:
        launcher = threading.Thread(target=read)
        launcher.start()
        assert speaker.stdout.read() == b"said"
        assert heard == [b"why\n"]
        launcher.join()


def test_a_file_needs_no_reader(tmp_path):
    file = tmp_path / "log"
    with file.open("w") as log:
        subprocess.run([sys.executable, "-c", SPEAK], stderr=log, stdout=subprocess.DEVNULL, check=False)
    assert file.read_text() == "why\n"
