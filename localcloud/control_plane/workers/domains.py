"""Custom domains: who would answer under a hostname.

No DNS, no certificate; the Worker answers on its port.
"""

from hashlib import sha256

from pydantic import JsonValue

from localcloud.control_plane.permissions import Area
from localcloud.control_plane.platform import Platform
from localcloud.control_plane.store import Collection, Record
from localcloud.control_plane.wire import Answer, Body, Call, JsonObject, Route, account_routes
from localcloud.control_plane.workers.errors import DomainNotFoundError, DomainTakenError
from localcloud.control_plane.workers.worker import WorkerRegistry


class DomainBody(Body):
    """An attachment (pulumi-cloudflare-wire.md 2); the override is named in pulumi.md 2.3."""

    hostname: str
    service: str
    zone_id: str | None = None
    zone_name: str | None = None
    environment: str = "production"
    override_existing_origin: bool = False


class DomainRecord(Record):
    """A custom domain. One id per hostname (assumed in pulumi-cloudflare-wire.md 4)."""

    id: str
    hostname: str
    service: str
    environment: str
    zone_id: str
    zone_name: str
    cert_id: str


class Domains:
    """The custom domains of the account."""

    def __init__(self, platform: Platform, workers: WorkerRegistry) -> None:
        self._workers = workers
        self._records = Collection(platform.store, "custom_domains", DomainRecord)

    def attach(self, call: Call) -> Answer:
        """Attach a hostname to a Worker; one of another Worker is refused (100116, pulumi.md 2.3)."""
        body = call.parse(DomainBody)
        self._workers.get(body.service)
        domain = record_of(body)
        current = self._records.find(domain.id)
        if current and current.service != body.service and not body.override_existing_origin:
            raise DomainTakenError(body.hostname)
        self._records.put(domain.id, domain)
        return Answer(domain.model_dump())

    def list_all(self, call: Call) -> Answer:
        """List custom domains; `hostname` and `service` select."""
        wanted = {key: value for key, value in call.query.items() if key in {"hostname", "service"}}
        domains = [domain.model_dump() for domain in self._records.all()]
        found: list[JsonValue] = [d for d in domains if all(d[key] == wanted[key] for key in wanted)]
        return Answer(found)

    def get(self, call: Call) -> Answer:
        """Read a custom domain."""
        return Answer(self._named(call).model_dump())

    def detach(self, call: Call) -> Answer:
        """Delete a custom domain."""
        self._records.remove(self._named(call).id)
        return Answer({})

    def references(self, service: str) -> list[JsonValue]:
        """The domains of a Worker, as its `references` show them (golden traffic)."""
        return [reference(domain) for domain in self._records.all() if domain.service == service]

    def rename_service(self, old: str, new: str) -> None:
        for domain in self._records.all():
            if domain.service == old:
                self._records.put(domain.id, domain.model_copy(update={"service": new}))

    def remove_all(self, service: str) -> None:
        for domain in self._records.all():
            if domain.service == service:
                self._records.remove(domain.id)

    def routes(self) -> list[Route]:
        one = "/workers/domains/{domain_id}"
        return account_routes(
            Area.SCRIPTS,
            ("PUT", "/workers/domains", self.attach),
            ("GET", "/workers/domains", self.list_all),
            ("GET", one, self.get),
            ("DELETE", one, self.detach),
        )

    def _named(self, call: Call) -> DomainRecord:
        domain = self._records.find(call.params["domain_id"])
        if domain is None:
            raise DomainNotFoundError
        return domain


def record_of(body: DomainBody) -> DomainRecord:
    zone_name = body.zone_name or ".".join(body.hostname.split(".")[-2:])
    return DomainRecord(
        id=identifier("domain", body.hostname),
        hostname=body.hostname,
        service=body.service,
        environment=body.environment,
        zone_id=body.zone_id or identifier("zone", zone_name),
        zone_name=zone_name,
        cert_id=identifier("certificate", body.hostname),
    )


def identifier(kind: str, name: str) -> str:
    """32 hexadecimal digits that are the same for the same name."""
    return sha256(f"{kind}:{name}".encode()).hexdigest()[:32]


def reference(domain: DomainRecord) -> JsonObject:
    return {
        "id": domain.id,
        "certificate_id": domain.cert_id,
        "hostname": domain.hostname,
        "zone_id": domain.zone_id,
        "zone_name": domain.zone_name,
    }
