"""A mail server for the tests: takes mail, lets Python's own reader of mail take it apart, and writes what it found.

sink.py MODE OUT [CERTIFICATE KEY]: MODE is plain, starttls or implicit. Prints the port that it listens at, or takes that
of $PORT. Recipients that begin with "later" get 451, with "never" 550. The account is "us", its password "right horse".
"""

import asyncio
import json
import os
import ssl
import sys
from email import policy
from email.parser import BytesParser

import html5lib
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


class Handler:
    def __init__(self, out):
        self.out = out
        self.count = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("later"):
            return "451 4.7.1 come back later"
        if address.startswith("never"):
            return "550 5.1.1 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        found = taken_apart(envelope.content)
        found["envelope_from"] = envelope.mail_from
        found["recipients"] = envelope.rcpt_tos
        found["tls"] = session.ssl is not None
        found["hello"] = session.host_name
        found["authenticated"] = session.authenticated
        name = os.path.join(self.out, f"{self.count:04}.json")
        with open(name + ".part", "w") as file:
            json.dump(found, file)
        os.rename(name + ".part", name)
        return "250 taken as %d" % self.count


def taken_apart(content):
    message = BytesParser(policy=policy.default).parsebytes(content)
    text = message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    # Strict: a single mistake in the markup raises.
    html5lib.HTMLParser(strict=True).parse(html)
    files = [
        {"name": part.get_filename(), "type": part.get_content_type(), "text": part.get_content().decode()
         if isinstance(part.get_content(), bytes) else part.get_content()}
        for part in message.iter_attachments()
    ] if message.get_content_type() == "multipart/mixed" else []
    return {
        "headers": [[name, str(value)] for name, value in message.items()],
        "defects": [str(defect) for part in message.walk() for defect in part.defects],
        "text": text,
        "html": html,
        "files": files,
        "raw": content.decode("utf-8", "backslashreplace"),
        "longest_line": max(len(line) for line in content.split(b"\r\n")),
    }


def authenticate(server, session, envelope, mechanism, data):
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"us", b"right horse")
    return AuthResult(success=right, handled=not right and False)


def main():
    mode, out = sys.argv[1:3]
    context = None
    if mode != "plain":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[3], sys.argv[4])
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    handler = Handler(out)
    handler.count = len([name for name in os.listdir(out) if name.endswith(".json")])

    def session():
        starttls = mode == "starttls"
        return SMTP(handler, hostname="sink", loop=loop, enable_SMTPUTF8=True,
                    tls_context=context if starttls else None, require_starttls=starttls,
                    authenticator=authenticate if mode != "plain" else None,
                    auth_required=mode != "plain", auth_require_tls=starttls)

    server = loop.run_until_complete(loop.create_server(
        session, "127.0.0.1", int(os.environ.get("PORT", "0")), ssl=context if mode == "implicit" else None))
    print(server.sockets[0].getsockname()[1], flush=True)
    loop.run_forever()


main()
