"""Starts moto, the AWS emulator of the live tests, on 127.0.0.1 and prints `listening PORT` once it answers.

usage: emulator.py [--port PORT] [--with-parent]

--port         0, the default, lets the system choose
--with-parent  end as soon as standard input closes, so that no emulator outlives the test run that started it
"""

import argparse
import logging
import os
import socket
import string
import sys
import threading

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--port", type=int, default=0)
parser.add_argument("--with-parent", action="store_true")
options = parser.parse_args()


def end_with_parent():
    while sys.stdin.buffer.read(4096):
        pass
    os._exit(0)


if options.with_parent:
    threading.Thread(target=end_with_parent, daemon=True).start()

# The socket comes first: moto reads its own port from the environment while it is imported.
listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", options.port))
listener.listen(256)
port = listener.getsockname()[1]
os.environ["MOTO_PORT"] = str(port)
# Otherwise 1,300 snapshots of AWS's public images appear as the account's own.
os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
os.environ["MOTO_S3_ALLOW_CROSSACCOUNT_ACCESS"] = "false"
logging.getLogger("werkzeug").setLevel(logging.ERROR)

import moto.rds.models as rds  # noqa: E402
from moto.moto_api._internal import mock_random  # noqa: E402
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app  # noqa: E402
from werkzeug.serving import make_server  # noqa: E402

made = rds.DBInstance.__init__


def made_with_its_own_id(self, *args, **kwargs):
    """moto gives every DB instance one and the same resource id, by which Terraform's provider looks instances up."""
    made(self, *args, **kwargs)
    self.dbi_resource_id = "db-" + "".join(mock_random.choices(string.ascii_uppercase + string.digits, k=26))


rds.DBInstance.__init__ = made_with_its_own_id

server = make_server("127.0.0.1", port, DomainDispatcherApplication(create_backend_app), threaded=True, fd=listener.fileno())
print(f"listening {port}", flush=True)
try:
    server.serve_forever()
except KeyboardInterrupt:
    pass
