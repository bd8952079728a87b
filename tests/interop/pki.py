# SPDX-License-Identifier: MIT
"""Certificates for tests, made by the openssl tool."""

import subprocess
from pathlib import Path


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


class Authority:
    """An authority in a folder of its own."""

    NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")

    def __init__(self, folder):
        self.folder = Path(folder)
        self.certificate = self.folder / "root.pem"
        openssl("req", "-x509", *self.NEW_KEY, "-subj", "/CN=root", "-days", "2", "-keyout",
                self.folder / "root.key", "-out", self.certificate)

    def issue(self, name, extensions):
        """The paths of a certificate and its key."""
        made, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        request, about = self.folder / f"{name}.csr", self.folder / f"{name}.ext"
        about.write_text(extensions)
        openssl("req", *self.NEW_KEY, "-subj", f"/CN={name}", "-keyout", key, "-out", request)
        openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey",
                self.folder / "root.key", "-CAcreateserial", "-days", "2", "-extfile", about,
                "-out", made)
        return made, key

    def for_servers(self, name="server"):
        return self.issue(
            name, "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n")

    def for_clients(self):
        return self.issue("client", "extendedKeyUsage=clientAuth\n")
