# SPDX-License-Identifier: MIT
"""unbound, a name server that we did not write."""

CONF = """
server:
    interface: 127.0.0.1@{port}
    {kind}: {port}
    tls-service-pem: "{certificate}"
    tls-service-key: "{key}"
    access-control: 127.0.0.0/8 allow
    username: ""
    chroot: ""
    directory: "{folder}"
    pidfile: ""
    use-syslog: no
    do-daemonize: no
    num-threads: 1
    module-config: "iterator"
    local-zone: "example.test." static
    local-data: "www.example.test. 300 A 192.0.2.1"
    local-data: "www.example.test. 300 AAAA 2001:db8::1"
    local-data: "here.example.test. 300 A 127.0.0.1"
    local-data: "example.test. 300 MX 10 mail.example.test."
    local-data: 'example.test. 300 TXT "v=spf1 -all"'
remote-control:
    control-enable: no
"""


def local_names(folder, port, kind, certificate, key):
    """Its configuration: names of its own, over TLS (`tls-port`) or HTTPS (`https-port`)."""
    return CONF.format(folder=folder, port=port, kind=kind, certificate=certificate, key=key)
